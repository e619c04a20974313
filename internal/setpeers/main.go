// Command setpeers measures the permission sets of package permset beside what a Go program would use instead: a bitset
// (bits-and-blooms), a compressed one (roaring) and a map of names. It prints one table in Markdown:
//
//	go -C internal/setpeers run .
//
// All are given the same questions, and a test holds their answers against each other first. A question is three sets at random, and is
// asked many times in a row, so the figures are those of warm caches. The catalogue has no implications, as the others know of none: what
// is compared is the sets alone. The contestants take turns within one process; a cell is the median of the turns, the least and the most
// in brackets, and the allocations.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"
)

// widths are how many permissions the catalogues have.
var widths = []int{64, 512, 4096}

func main() {
	turns := flag.Int("turns", 5, "how often each measurement is taken")
	length := flag.Duration("turn", 40*time.Millisecond, "how long one takes")
	flag.Parse()
	if flag.NArg() > 0 || *turns < 1 || *length <= 0 {
		fmt.Fprintln(os.Stderr, "setpeers: no arguments; -turns and -turn are more than nothing")
		os.Exit(2)
	}
	fmt.Print(heading(), "\n", table(measure(widths, *turns, *length)))
}
