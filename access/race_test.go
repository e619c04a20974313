//go:build race

package access_test

const underRace = true
