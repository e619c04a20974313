package access

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/clientaccess/clientaccess/relationship"
	"github.com/clientaccess/clientaccess/storage"
)

// Token names a state of a store, so that another process can be asked for that
// state or a later one: hand it on with the request that is to see it. It is a
// small comparable value with a text form, says nothing about anybody, and gives
// nothing to whoever makes one up. The zero Token is none.
type Token struct {
	store string
	head  storage.Head // without its instant
}

// Token names the newest state that this Manager shows. It has every change that
// has returned, of this Manager or of another one over the same store. One that
// the journal has lost since is in no state any more: see LostTails.
func (m *Manager) Token() Token {
	head := m.newest().Head()
	return Token{m.store.ID(), storage.Head{Revision: head.Revision, Chain: head.Chain}}
}

// Revision is the revision of the state.
func (t Token) Revision() storage.Revision { return t.head.Revision }

// IsZero reports whether it is the zero Token.
func (t Token) IsZero() bool { return t == Token{} }

// String returns the text of the token; empty for the zero Token.
func (t Token) String() string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d.%s.%s", t.head.Revision, base64.RawURLEncoding.EncodeToString(t.head.Chain[:]), t.store)
}

// MarshalText returns the text of the token.
func (t Token) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads what MarshalText wrote. A text that is no token is
// ErrInvalid.
func (t *Token) UnmarshalText(text []byte) (err error) {
	*t, err = ParseToken(string(text))
	return err
}

// ParseToken reads the text of a token. A text that is none is ErrInvalid; the
// empty text is that of the zero Token.
func ParseToken(text string) (Token, error) {
	if text == "" {
		return Token{}, nil
	}
	malformed := invalid("token", "text", "is malformed")
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 || relationship.CheckText("token", "store", parts[2]) != nil {
		return Token{}, malformed
	}
	revision, err := strconv.ParseUint(parts[0], 10, 64)
	chain, errChain := base64.RawURLEncoding.Strict().DecodeString(parts[1])
	t := Token{store: parts[2]}
	if err != nil || errChain != nil || len(chain) != len(t.head.Chain) {
		return Token{}, malformed
	}
	t.head.Revision = storage.Revision(revision)
	copy(t.head.Chain[:], chain)
	if t.String() != text || (t.head.Revision == 0) != (t.head.Chain == relationship.Digest{}) {
		return Token{}, malformed
	}
	return t, nil
}

// WaitFor returns when this Manager shows the state that a token names, or a
// later one: nothing that is asked of it afterwards is answered from before. What
// is not here yet is asked for at once; the wait ends with ctx, and after
// Options.MaxStaleness in any case.
//
// Errors: ErrStale, with the error of ctx, when it did not come in time;
// ErrLostTail for a state that the journal has lost, or never had, once this
// process has noticed: at its next look; ErrOtherStore for a token of another
// store; ErrInvalid for the zero Token;
// storage.ErrCompacted for one that is older than the log; storage.ErrClosed, and
// what else the store says.
func (m *Manager) WaitFor(ctx context.Context, token Token) error {
	switch {
	case token.IsZero():
		return invalid("token", "text", "is missing")
	case token.store != m.store.ID():
		return ErrOtherStore
	}
	ctx, cancel := context.WithTimeout(ctx, m.options.MaxStaleness)
	defer cancel()
	shown := func() bool {
		_, known := m.store.Since(token.head)
		return known
	}
	if !shown() {
		// It is to come, or memory does not reach back to it, or it is lost.
		if err := m.store.Refresh(ctx); errors.Is(err, storage.ErrClosed) {
			return err
		} else if err != nil {
			return fmt.Errorf("%w: %w", ErrStale, err)
		}
		if !shown() {
			has, err := m.logHas(ctx, token.head)
			if err != nil {
				return err
			}
			if !has {
				return ErrLostTail
			}
		}
	}
	m.moveTo()
	return nil
}

// logHas reports whether the log has a commit.
func (m *Manager) logHas(ctx context.Context, head storage.Head) (bool, error) {
	if head.Revision == 0 || head.Revision > m.store.Snapshot().Revision() {
		return head.Revision == 0, nil
	}
	for commit, err := range m.store.Changes(ctx, head.Revision-1) {
		if errors.Is(err, storage.ErrCompacted) {
			point, err := m.store.Checkpoint(ctx)
			if err == nil && point.Revision != head.Revision {
				err = storage.ErrCompacted
			}
			return point.Chain == head.Chain, err
		}
		if errors.Is(err, storage.ErrAhead) {
			return false, nil
		}
		return commit.Chain == head.Chain, err
	}
	return false, nil
}
