package bolt

// Seal is for tests that forge a file.
var Seal = seal

// FailDisk makes every write fail from now on, as a disk does that is gone.
func (j *Journal) FailDisk() error { return j.file.Close() }
