// Package hidden is what users cannot import.
package hidden

// Grow is used by package sample only.
func Grow(n int) int { return n + 1 }
