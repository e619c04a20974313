// Package both does two things at the same time.
package both

// Large is how many members are worth a second goroutine.
const Large = 500

// Do runs two functions that do not depend on each other. Where there is much to
// do, the second runs in a goroutine of its own, and Do returns when both have
// ended; else one runs after the other. A panic of either is the caller's, with the
// value that it had there; if both panic, that of the second.
func Do(much bool, first, second func()) {
	if !much {
		first()
		second()
		return
	}
	ended := make(chan struct{})
	var panicked any
	go func() {
		defer close(ended)
		defer func() { panicked = recover() }()
		second()
	}()
	defer func() {
		if <-ended; panicked != nil {
			panic(panicked)
		}
	}()
	first()
}
