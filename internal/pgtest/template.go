package pgtest

import (
	"context"
	"sync"
)

// Template is a database that others are copies of: what it takes to prepare
// one is done once for each server and collation. It is a variable of a test
// package, and safe for concurrent use.
type Template struct {
	prepare func(ctx context.Context, dsn string) error

	mu   sync.Mutex
	made map[templateKey]string // the template's name
}

type templateKey struct {
	server    *shared
	collation Collation
}

// NewTemplate makes a template from what prepares an empty database. prepare
// must have closed all its connections when it returns. On a server that
// CLIENTACCESS_TEST_DSN names it prepares every database anew.
func NewTemplate(prepare func(ctx context.Context, dsn string) error) *Template {
	return &Template{prepare: prepare, made: map[templateKey]string{}}
}

// on returns the name of the template on a server, which is made when it is
// first asked for. A failure is not remembered: the next test tries again.
func (t *Template) on(ctx context.Context, s *shared, collation Collation) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := templateKey{s, collation}
	if name, ok := t.made[key]; ok {
		return name, nil
	}
	name, err := s.createEmpty(ctx, collation)
	if err != nil {
		return "", err
	}
	if err = t.prepare(ctx, s.dsn(name)); err != nil {
		return "", err
	}
	t.made[key] = name
	return name, nil
}
