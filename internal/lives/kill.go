package lives

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/access"
	"github.com/clientaccess/clientaccess/storage"
)

// Acknowledgement is what a process was told last. Number is that of the step,
// -1 for none.
type Acknowledgement struct {
	Number   int
	Revision storage.Revision
}

// Kill starts a process that runs Write with its standard output, reads so many
// lines of it, kills it a moment later, and returns what it had said before it
// died.
func Kill(t testing.TB, writer *exec.Cmd, lines int, moment time.Duration) Acknowledgement {
	t.Helper()
	writer.Stderr = os.Stderr
	out, err := writer.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, writer.Start())
	last := Acknowledgement{Number: -1}
	reader := bufio.NewReader(out)
	for range lines {
		line, err := reader.ReadString('\n')
		require.NoError(t, err)
		last = parse(t, line, last)
	}
	time.Sleep(moment) // so that it dies in the middle of something
	require.NoError(t, writer.Process.Kill())
	for { // what it had still said before it died
		line, err := reader.ReadString('\n')
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		last = parse(t, line, last)
	}
	require.Error(t, writer.Wait(), "it was killed")
	return last
}

func parse(t testing.TB, line string, before Acknowledgement) Acknowledgement {
	t.Helper()
	var number int
	var revision uint64
	_, err := fmt.Sscanf(line, "%d %d", &number, &revision)
	require.NoError(t, err, "%q", line)
	require.Equal(t, before.Number+1, number)
	require.GreaterOrEqual(t, storage.Revision(revision), before.Revision)
	return Acknowledgement{number, storage.Revision(revision)}
}

// SendAgain sends the last calls that a dead process was told of, and the one
// after them, of which it knew nothing, with their keys: what was acknowledged
// is known, and nothing is done twice. It says how many were known.
func SendAgain(t testing.TB, manager *access.Manager, run string, last Acknowledgement) (known int) {
	t.Helper()
	for number := max(0, last.Number-5); number <= last.Number+1; number++ {
		step := stepOf(run, number)
		if step.link {
			continue // its secret died with the process
		}
		first, err := manager.Do(context.Background(), step.call, step.change)
		require.NoError(t, err, "step %d, %T", number, step.change)
		if number <= last.Number {
			require.True(t, first.Replayed, "step %d, %T, was acknowledged and done again", number, step.change)
		}
		if first.Replayed {
			known++
		}
		again, err := manager.Do(context.Background(), step.call, step.change)
		require.NoError(t, err)
		require.Equal(t, first.Revision, again.Revision)
		require.True(t, again.Replayed, "step %d, %T", number, step.change)
	}
	return known
}
