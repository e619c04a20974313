package both_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientaccess/clientaccess/internal/both"
)

// Each of the two waits for the other, so they run at the same time; and both
// have ended when Do returns.
func TestDo_AtTheSameTime(t *testing.T) {
	t.Parallel()
	there, back := make(chan int), make(chan int)
	var got [2]int
	both.Do(true,
		func() { there <- 1; got[0] = <-back },
		func() { n := <-there; back <- n + 1; got[1] = n },
	)
	require.Equal(t, [2]int{2, 1}, got)
}

// Whichever panics, the caller gets its value, and not before the other has ended.
func TestDo_APanicIsTheCallers(t *testing.T) {
	t.Parallel()
	reason := errors.New("out of order")
	for name, pair := range map[string]func(other func()) (first, second func()){
		"first":  func(other func()) (first, second func()) { return func() { panic(reason) }, other },
		"second": func(other func()) (first, second func()) { return other, func() { panic(reason) } },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, much := range []bool{true, false} {
				ended := false
				first, second := pair(func() { ended = true })
				require.PanicsWithValue(t, reason, func() { both.Do(much, first, second) })
				require.Equal(t, much || name == "second", ended)
			}
		})
	}
	require.PanicsWithValue(t, 2, func() { both.Do(true, func() { panic(1) }, func() { panic(2) }) })
}
