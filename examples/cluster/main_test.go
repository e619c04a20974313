package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain is the processes, too: this program is started again as one.
func TestMain(m *testing.M) {
	if os.Getenv(workerVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]int{
		"-help": statusDone, "-processes 1": statusUsage, "-processes 17": statusUsage, "-processes many": statusUsage,
		"-no": statusUsage, "now": statusUsage,
	} {
		var out, errs bytes.Buffer
		require.Equal(t, want, run(context.Background(), strings.Fields(args), nil, &out, &errs), args)
		require.Empty(t, out.String(), args)
		require.Contains(t, errs.String(), "usage: cluster [-processes N]", args)
	}
}
