package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"
)

// team are the processes.
type team struct {
	dsn     string
	stderr  io.Writer
	members []*member
}

// member is one process, seen from here. It may be killed and started again.
type member struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	ended chan struct{} // closed when it has

	// mu guards what follows. heard is closed and replaced with each report.
	mu      sync.Mutex
	reports []report
	heard   chan struct{}
}

// start starts so many processes and waits until all answer.
func (t *team) start(ctx context.Context, processes int) error {
	for range processes {
		m := &member{}
		if err := m.start(t.dsn, t.stderr); err != nil {
			return err
		}
		t.members = append(t.members, m)
	}
	_, err := t.saw(ctx, time.Time{}, always)
	return err
}

func always(report) bool { return true }

func (m *member) start(dsn string, stderr io.Writer) error {
	m.cmd = exec.Command(os.Args[0])
	m.cmd.Env = append(os.Environ(), workerVariable+"="+dsn)
	m.cmd.Stderr = stderr
	in, err := m.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	m.in, m.heard, m.ended = in, make(chan struct{}), make(chan struct{})
	if err := m.cmd.Start(); err != nil {
		return err
	}
	go m.listen(json.NewDecoder(out))
	return nil
}

// listen takes in what the process says, until it ends.
func (m *member) listen(out *json.Decoder) {
	defer close(m.ended)
	for {
		var r report
		if err := out.Decode(&r); err != nil {
			break
		}
		m.mu.Lock()
		m.reports = append(m.reports, r)
		close(m.heard)
		m.heard = make(chan struct{})
		m.mu.Unlock()
	}
	_ = m.cmd.Wait() // how it ended is of no interest: it was killed, or is at its end
}

// kill is kill -9.
func (m *member) kill() error {
	err := m.cmd.Process.Kill()
	<-m.ended
	return err
}

func (m *member) alive() bool {
	select {
	case <-m.ended:
		return false
	default:
		return true
	}
}

var errEnded = errors.New("a process has ended by itself")

// first waits for the first report from an instant on that says something.
func (m *member) first(ctx context.Context, since time.Time, what func(report) bool) (report, error) {
	for looked := 0; ; {
		m.mu.Lock()
		reports, heard := m.reports, m.heard
		m.mu.Unlock()
		for ; looked < len(reports); looked++ {
			if r := reports[looked]; r.At.After(since) && what(r) {
				return r, nil
			}
		}
		select {
		case <-heard:
		case <-m.ended:
			return report{}, errEnded
		case <-ctx.Done():
			return report{}, fmt.Errorf("waiting for the processes: %w", ctx.Err())
		}
	}
}

// since are the reports from an instant on, and the last one before it.
func (m *member) since(at time.Time) []report {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.reports, func(r report) bool { return r.At.After(at) })
	if i < 0 {
		i = len(m.reports)
	}
	return slices.Clone(m.reports[max(0, i-1):])
}

// saw waits until every living process has reported something since an instant,
// and returns how long after it the last of them first did.
func (t *team) saw(ctx context.Context, since time.Time, what func(report) bool) (after time.Duration, err error) {
	for _, m := range t.members {
		if !m.alive() {
			continue
		}
		r, err := m.first(ctx, since, what)
		if err != nil {
			return 0, err
		}
		after = max(after, r.At.Sub(since))
	}
	return after, nil
}

// oldest is the greatest staleness that a process has reported since an instant.
func (t *team) oldest(since time.Time) (oldest time.Duration) {
	for _, m := range t.members {
		for _, r := range m.since(since) {
			oldest = max(oldest, r.Staleness)
		}
	}
	return oldest
}

func (t *team) tell(what string) error {
	for _, m := range t.members {
		if _, err := fmt.Fprintln(m.in, what); err != nil {
			return err
		}
	}
	return nil
}

// stop ends all processes.
func (t *team) stop() {
	for _, m := range t.members {
		if m.alive() {
			_ = m.kill() // it may end just now
		}
	}
}
