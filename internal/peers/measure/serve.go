package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/clientaccess/clientaccess/internal/peers/model"
	"github.com/clientaccess/clientaccess/internal/worlds"
)

// ServeArgument is the first argument of a process that is to call Serve.
const ServeArgument = "serve-peer"

// exitMemory is the exit status of a process that went beyond its memory.
const exitMemory = 3

// Serve serves one peer over standard input and output, until the input ends.
func Serve() error {
	pipe := struct {
		io.Reader
		io.WriteCloser
	}{os.Stdin, os.Stdout}
	os.Stdout = os.Stderr // whatever a library prints is not part of the talk
	server := rpc.NewServer()
	if err := server.RegisterName("Peer", &Service{}); err != nil {
		return err
	}
	server.ServeCodec(jsonrpc.NewServerCodec(pipe))
	return nil
}

// Service is one peer with its world, for package net/rpc. Load comes first; no
// two calls overlap.
type Service struct {
	world     *worlds.World
	peer      model.Peer
	questions []worlds.Question
	next      int // the question to begin the next turn with
	step      int // how many questions are asked between two looks at the clock
}

// LoadArguments say which peer to load, and with what.
type LoadArguments struct {
	Kind      string
	Size      worlds.Size
	Questions int
	Memory    uint64
	WarmUp    time.Duration // of a peer that has no cache of answers
}

// Load makes the world and the peer, settles the world, and asks every question
// once: all of them where there is a cache of answers, and otherwise as far as
// the time goes.
func (s *Service) Load(a LoadArguments, result *Loading) error {
	kinds := model.Kinds()
	i := slices.IndexFunc(kinds, func(k model.Kind) bool { return k.Name == a.Kind })
	if i < 0 {
		return fmt.Errorf("there is no peer %q", a.Kind)
	}
	go watch(a.Memory)
	s.world = worlds.New(a.Size)
	s.questions = s.world.Questions(a.Questions)
	before, started := heap(), time.Now()
	peer, err := kinds[i].Load(context.Background(), s.world)
	if err != nil {
		return err
	}
	result.Time = time.Since(started)
	after := heap()
	if uint64(after) > a.Memory {
		os.Exit(exitMemory)
	}
	result.Bytes = float64(after-before) / float64(a.Size.Memberships())
	s.peer = peer
	debug.FreeOSMemory() // what loading needed besides is for the next peer
	s.world.Settle()
	return s.warmUp(a.WarmUp)
}

func (s *Service) warmUp(most time.Duration) error {
	_, remembers := s.peer.(forgetter)
	started, asked := time.Now(), 0
	for i := range s.questions {
		if _, err := s.peer.Ask(&s.questions[i]); err != nil {
			return err
		}
		asked++
		if !remembers && time.Since(started) > most {
			break
		}
	}
	each := time.Since(started) / time.Duration(asked)
	s.step = int(min(max(time.Millisecond/max(each, 1), 1), 4096))
	return nil
}

// AskArguments say for how long to ask, and on how many goroutines.
type AskArguments struct {
	Time       time.Duration
	Goroutines int
}

// Ask asks questions, going on where the last turn stopped.
func (s *Service) Ask(a AskArguments, result *Asking) error {
	type share struct {
		asked int
		err   error
	}
	shares := make(chan share)
	before := mallocs()
	started := time.Now()
	for g := range a.Goroutines {
		go func() {
			asked, err := s.ask(s.next+g*len(s.questions)/a.Goroutines, started.Add(a.Time))
			shares <- share{asked, err}
		}()
	}
	var failed error
	for range a.Goroutines {
		share := <-shares
		result.Questions += share.asked
		failed = errors.Join(failed, share.err)
	}
	took := time.Since(started)
	result.Allocations = float64(mallocs()-before) / float64(result.Questions)
	result.Nanoseconds = float64(took.Nanoseconds()) / float64(result.Questions)
	s.next += result.Questions / a.Goroutines
	return failed
}

// ask asks one question after the other until an instant.
func (s *Service) ask(first int, until time.Time) (asked int, err error) {
	i := first % len(s.questions)
	for {
		for range s.step {
			if _, err := s.peer.Ask(&s.questions[i]); err != nil {
				return asked, err
			}
			asked++
			if i++; i == len(s.questions) {
				i = 0
			}
		}
		if !time.Now().Before(until) {
			return asked, nil
		}
	}
}

// AddArguments say in which turn to add, and for how long at the most.
type AddArguments struct {
	Turn int
	Time time.Duration // of members one by one
}

// AddMany adds 1,000 members together.
func (s *Service) AddMany(a AddArguments, result *Adding) error {
	members := s.world.Newcomers(a.Turn)
	runtime.GC()
	started := time.Now()
	err := s.add(members)
	*result = Adding{Members: len(members), Calls: 1, Time: time.Since(started)}
	return err
}

// AddSingly adds members in a call for each, as far as the time goes.
func (s *Service) AddSingly(a AddArguments, result *Adding) error {
	runtime.GC()
	one := make([]worlds.Member, 1)
	started := time.Now()
	for one[0] = range s.world.Singles(a.Turn) {
		if err := s.add(one); err != nil {
			return err
		}
		result.Members++
		if time.Since(started) > a.Time {
			break
		}
	}
	result.Calls, result.Time = result.Members, time.Since(started)
	return nil
}

// add adds members, and has a cache forget what it answered before.
func (s *Service) add(members []worlds.Member) error {
	if err := s.peer.Add(members); err != nil {
		return err
	}
	if cached, has := s.peer.(forgetter); has {
		return cached.Forget()
	}
	return nil
}

// forgetter is a peer with a cache of answers.
type forgetter interface{ Forget() error }

// watch ends the process when more lives on the heap than may.
func watch(most uint64) {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for range time.Tick(100 * time.Millisecond) {
		metrics.Read(live)
		if live[0].Value.Uint64() > most {
			os.Exit(exitMemory)
		}
	}
}

// heap is what is in use after a collection. Two, because the first leaves
// what has a finalizer.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func mallocs() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.Mallocs
}
