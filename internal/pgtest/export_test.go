package pgtest

// Missing and Through are for the tests.
var (
	Missing = missing
	Through = through
)
