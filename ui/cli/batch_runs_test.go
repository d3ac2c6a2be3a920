package cli

import (
	"testing"

	"relaytop/state/job"
)

// TestTheStateOfARunInWords: of a run at rest, and of one whose process was killed.
func TestTheStateOfARunInWords(t *testing.T) {
	for want, h := range map[string]job.Header{
		"finished":                   {State: job.Finished, Rows: 2, OK: 2, Damaged: 1},
		"paused (user)":              {State: job.Paused, Stopped: job.StopUser},
		"interrupted":                {State: job.Paused, Stopped: job.StopUser, Interrupted: true},
		"paused (budget)":            {State: job.Paused, Stopped: job.StopBudget, Interrupted: true},
		"paused, damaged":            {State: job.Paused, Rows: 2, OK: 1, Damaged: 1},
		"damaged":                    {State: job.Damaged, Rows: 2, Damaged: 1},
		"running in another process": {State: job.Running, ReadOnly: true, Rows: 2},
	} {
		if got := stateOf(&h); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
