package bolt

// Seal is for tests that forge a file.
var Seal = seal
