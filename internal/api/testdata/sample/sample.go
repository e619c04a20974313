// Package sample has one of everything that a listing must get right.
package sample

import (
	"io"
	"sync"
	"time"
	"unsafe"

	"example.test/sample/internal/hidden"
	span "example.test/sample/other"
)

// Values.
const (
	Third        = 1.0 / 3
	Two          = 2.0
	Letter       = 'é'
	Text         = "a \"quoted\"\nline"
	On           = true
	Big          = 1 << 100
	Short  int8  = -3
	Wait         = 90 * time.Second
	Half   ratio = 0.5
	unseen       = 7
)

type ratio float64

// A Color is an enumeration.
type Color uint8

// Its values.
const (
	Red Color = iota
	Green
)

func (c Color) String() string { return "" }

var (
	Err           = io.EOF
	Func          = func(yield func(Color) bool) {}
	Size  uintptr = unsafe.Sizeof(0)
	grown         = hidden.Grow(unseen)
	Table map[Color][]chan<- *Open
)

// Open can be compared, Closed cannot.
type Open struct {
	B string `json:"b"`
	A int    "with `backquotes`"
	a int
	sync.Mutex
	base
	*Pair[string, int]
}

// Closed has only hidden fields.
type Closed struct{ f func() }

// Empty has none.
type Empty struct{}

type base struct {
	ID   int
	next *base
	unreachable
}

type unreachable struct{}

func (*base) Promoted(unnamed, named int) (err error) { return nil }
func (base) hidden()                                  {}

// Pair is generic.
type Pair[K comparable, V any] struct {
	Key K
	val V
}

func (p *Pair[K, V]) Set(k K, v V) *Pair[K, V] { return p }
func (p Pair[_, V]) Get() (_ V, ok bool)       { return p.val, true }
func (p Pair[_, V]) private()                  {}

// Number is a constraint.
type Number interface {
	~int | ~float64
	comparable
}

// Sum is a generic function.
func Sum[S ~[]N, N Number](s S, more ...N) (total N) { return total }

// Sealed can be implemented here only.
type Sealed interface {
	io.Reader
	Colour() Color
	sealed(*private)
	inner
}

type inner interface{ Inner(secret) }
type private struct{ X int }
type secret string

// Thing implements it.
type Thing []byte

func (Thing) Read([]byte) (int, error) { return 0, nil }
func (Thing) Colour() Color            { return Red }
func (Thing) Inner(secret)             {}
func (Thing) sealed(*private)          {}
func (Thing) helper()                  {}

// Aliases.
type (
	Alias             = Thing
	Set[T comparable] = map[T]struct{}
	Renamed           = base
	Spans             func(time.Time, span.Span, ...any) Set[string]
)

// New returns what has no exported name.
func New() (*config, interface{ Do(x struct{ Y int }) }) { return nil, nil }

type config struct{ Name string }

func (*config) With(name string) *config { return nil }

var _ Sealed = Thing{}
