package postgres

import "time"

// Migrations is how many migrations this package knows.
var Migrations = len(migrations)

// SetIdle changes for how long a turn may give no sign of life.
func (j *Journal) SetIdle(limit time.Duration) { j.idle = limit }
