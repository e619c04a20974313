package measure

import (
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"time"
)

// Process is a process that serves one peer. Its methods are called one after
// the other. After an error it has ended.
type Process struct {
	client *rpc.Client
	cmd    *exec.Cmd
	limits Limits
}

// Start starts a process and has it load a world. A peer that goes beyond the
// limits is an *Overrun.
func Start(arguments LoadArguments, limits Limits) (*Process, Loading, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, Loading{}, err
	}
	cmd := exec.Command(program, ServeArgument)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, Loading{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, Loading{}, err
	}
	if err := cmd.Start(); err != nil {
		return nil, Loading{}, err
	}
	pipe := struct {
		io.Reader
		io.WriteCloser
	}{out, in}
	p := &Process{client: jsonrpc.NewClient(pipe), cmd: cmd, limits: limits}
	arguments.Memory = limits.Memory
	var loading Loading
	if err := p.call("Peer.Load", arguments, &loading); err != nil {
		return nil, Loading{}, err
	}
	return p, loading, nil
}

// Ask has questions asked for a time.
func (p *Process) Ask(d time.Duration, goroutines int) (Asking, error) {
	var result Asking
	return result, p.call("Peer.Ask", AskArguments{d, goroutines}, &result)
}

// AddMany has 1,000 members added in one call; in each turn others.
func (p *Process) AddMany(turn int) (Adding, error) {
	var result Adding
	return result, p.call("Peer.AddMany", AddArguments{Turn: turn}, &result)
}

// AddSingly has members added one by one for a time; in each turn others.
func (p *Process) AddSingly(turn int, d time.Duration) (Adding, error) {
	var result Adding
	return result, p.call("Peer.AddSingly", AddArguments{turn, d}, &result)
}

// Close ends the process.
func (p *Process) Close() error {
	return errors.Join(p.client.Close(), p.cmd.Wait())
}

// call waits for an answer as long as the limit says.
func (p *Process) call(method string, arguments, result any) error {
	timer := time.NewTimer(p.limits.Time)
	defer timer.Stop()
	call := p.client.Go(method, arguments, result, make(chan *rpc.Call, 1))
	select {
	case <-call.Done:
		if call.Error == nil {
			return nil
		}
		return p.failed(fmt.Errorf("%s: %w", method, call.Error))
	case <-timer.C:
		return p.failed(overTime(p.limits.Time))
	}
}

// failed ends the process, and returns why it failed.
func (p *Process) failed(err error) error {
	_ = p.client.Close()
	if _, answered := errors.AsType[rpc.ServerError](err); !answered {
		if _, over := errors.AsType[*Overrun](err); over {
			_ = p.cmd.Process.Kill()
		}
		_ = p.cmd.Wait()
		if p.cmd.ProcessState.ExitCode() == exitMemory {
			return overMemory(p.limits.Memory)
		}
		return err
	}
	_ = p.cmd.Wait()
	return err
}
