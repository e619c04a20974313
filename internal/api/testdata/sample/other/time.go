// Package time has the name of another package.
package time

// A Span is mentioned by package sample.
type Span int
