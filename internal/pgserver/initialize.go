package pgserver

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
)

// initialized has, for each version of the programs, a folder with the data of a
// server that nobody has started, made when it is first needed: copying it costs
// less than making another. So all servers of a process have one system
// identifier.
var initialized = struct {
	mu      sync.Mutex
	folders map[Programs]*folder
}{folders: map[Programs]*folder{}}

// initialize gives a new server its data.
func (s *Server) initialize(ctx context.Context) error {
	made, err := s.programs.initialize(ctx)
	if err != nil {
		return err
	}
	return s.folder.run(ctx, "cp", "-a", filepath.Join(made.path, "data"), s.data())
}

func (p Programs) initialize(ctx context.Context) (*folder, error) {
	initialized.mu.Lock()
	defer initialized.mu.Unlock()
	if made := initialized.folders[p]; made != nil {
		return made, nil
	}
	made, err := newFolder(inMemory())
	if err != nil {
		return nil, err
	}
	err = made.run(ctx, p.path("initdb"), "-D", filepath.Join(made.path, "data"),
		"-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if err != nil {
		return nil, errors.Join(err, made.remove())
	}
	initialized.folders[p] = made
	return made, nil
}
