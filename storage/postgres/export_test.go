package postgres

import "time"

// Migrations is how many migrations this package knows.
var Migrations = len(migrations)

// SetFew changes from how many on new records go by COPY.
func (j *Journal) SetFew(few int) { j.few = few }

// SetIdle changes for how long a turn may give no sign of life.
func (j *Journal) SetIdle(limit time.Duration) { j.idle = limit }
