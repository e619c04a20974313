package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clientaccess/clientaccess/internal/worlds"
)

// peerModules are the modules whose versions stand above a table.
var peerModules = []string{
	"github.com/hashicorp/go-memdb", "github.com/cedar-policy/cedar-go", "github.com/casbin/casbin/v3", "github.com/openfga/openfga",
}

// heading is the command, and with what and where it was run.
func heading(command string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "```sh\n%s\n```\n\n", command)
	fmt.Fprintf(&text, "gave on %s, with %s on %s/%s with %d cores", time.Now().Format("2 January 2006"),
		strings.Replace(runtime.Version(), "go", "go ", 1), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if name := processor(); name != "" {
		fmt.Fprintf(&text, " (%s)", name)
	}
	if revision := revision(); revision != "" {
		fmt.Fprintf(&text, ", at %s", revision)
	}
	if info, has := debug.ReadBuildInfo(); has {
		for _, module := range peerModules {
			i := slices.IndexFunc(info.Deps, func(m *debug.Module) bool { return m.Path == module })
			if i >= 0 {
				fmt.Fprintf(&text, ", %s %s", strings.TrimPrefix(module, "github.com/"), info.Deps[i].Version)
			}
		}
	}
	text.WriteString(":\n")
	return text.String()
}

// command is how the program was called, without what says where the result
// goes.
func command(word string, arguments []string) string {
	words := []string{"go -C internal/peers run ."}
	if word != "" {
		words = append(words, word)
	}
	for i := 0; i < len(arguments); i++ {
		name, _, with := strings.Cut(strings.TrimLeft(arguments[i], "-"), "=")
		if name != "into" {
			words = append(words, arguments[i])
		} else if !with {
			i++
		}
	}
	return strings.Join(words, " ")
}

// processor is the name of the machine's processor, where it is easy to know.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	found := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return string(found[1])
}

// revision is the commit that is checked out, where there is one.
func revision() string {
	printed, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(printed))
}

// markdown is the table for one size: a median of the turns, and behind it the
// least and the most.
func markdown(size worlds.Size, rows []*row) string {
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s clients with %d members each (%s):\n\n", thousands(size.Clients), size.PerClient, size.Name)
	text.WriteString("| | one question | on two goroutines | allocations | heap for each membership | loading | adding 1,000 members |\n")
	text.WriteString("| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		if r.notRun != "" {
			fmt.Fprintf(&text, "| %s | not run: %s | | | | | |\n", r.kind.Title, r.notRun)
			continue
		}
		fmt.Fprintf(&text, "| %s | %s | %s | %s | %s B | %s | %s |\n", r.kind.Title,
			spread(r.one), spread(r.two), number(median(r.allocations)),
			thousands(int(r.loading.Bytes)), duration(float64(r.loading.Time)), spread(r.many))
	}
	return text.String()
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// spread is the median of numbers of nanoseconds, with the least and the most in
// the same unit.
func spread(values []float64) string {
	name, ns := unit(median(values))
	return fmt.Sprintf("%s %s (%s to %s)", digits(median(values)/ns), name, digits(slices.Min(values)/ns), digits(slices.Max(values)/ns))
}

// duration is a number of nanoseconds.
func duration(v float64) string {
	name, ns := unit(v)
	return digits(v/ns) + " " + name
}

// unit is the one in which a number of nanoseconds has few digits.
func unit(v float64) (name string, ns float64) {
	switch {
	case v >= 1e9:
		return "s", 1e9
	case v >= 1e6:
		return "ms", 1e6
	case v >= 1e3:
		return "µs", 1e3
	default:
		return "ns", 1
	}
}

// digits is a number to three digits, or more before the point.
func digits(v float64) string {
	switch {
	case v >= 99.95:
		return thousands(int(math.Round(v)))
	case v >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}

// number is a count that may be a fraction: what a few calls for the whole turn
// leave of it is none.
func number(v float64) string {
	if v < 0.01 {
		return "0"
	}
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(v, 'f', 1, 64), "0"), ".")
}

// thousands is a number with commas.
func thousands(n int) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
