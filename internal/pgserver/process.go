package pgserver

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// process is a program that runs in a folder, as the folder's user.
type process struct {
	*os.Process
	log   string        // the file with what it prints
	ended chan struct{} // closed when it has ended and was waited for
	err   error         // how it ended; to be read after ended
}

// start runs a program in the folder. Its output is added to the file log there.
func (f *folder) start(log, program string, args ...string) (*process, error) {
	p := &process{log: filepath.Join(f.path, log), ended: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close() // the program has its own
	cmd := exec.Command(program, args...)
	cmd.Dir = f.path
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + f.path, "LC_ALL=C", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: f.credential}
	if err = cmd.Start(); err != nil {
		return nil, err
	}
	p.Process = cmd.Process
	f.tell("started", p.Pid)
	go func() {
		p.err = cmd.Wait()
		f.tell("ended", p.Pid)
		close(p.ended)
	}()
	return p, nil
}

// run runs a program in the folder to its end.
func (f *folder) run(ctx context.Context, program string, args ...string) error {
	p, err := f.start(filepath.Base(program)+".log", program, args...)
	if err != nil {
		return err
	}
	if err = p.wait(ctx); err != nil {
		return err
	}
	if p.err != nil {
		return p.failure()
	}
	return nil
}

// wait waits until the process has ended; when the context ends first, it kills
// the process.
func (p *process) wait(ctx context.Context) error {
	select {
	case <-p.ended:
		return nil
	case <-ctx.Done():
		p.Kill()
		<-p.ended
		return fmt.Errorf("%w\n%s", context.Cause(ctx), p.said())
	}
}

// runs tells whether the process has not ended.
func (p *process) runs() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// ready waits until a server that was started takes connections.
func (p *process) ready(ctx context.Context, dsn string) error {
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-p.ended:
			return p.failure()
		case <-ctx.Done():
			return fmt.Errorf("%w: it takes no connection: %w\n%s", context.Cause(ctx), err, p.said())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// failure is the error of a process that has ended and should not have.
func (p *process) failure() error {
	return fmt.Errorf("it ended (%v) and said:\n%s", p.err, p.said())
}

// said is the end of what the process printed.
func (p *process) said() []byte {
	const most = 2000
	text, err := os.ReadFile(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(text[max(0, len(text)-most):])
}
