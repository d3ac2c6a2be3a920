package cli

import (
	"strings"
	"testing"

	"relaytop/state/job"
	"relaytop/state/job/input"
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

// TestTheListOfRuns: incomplete rows have a column if there are some, shards are told apart, and it fits on 80 columns
// without them.
func TestTheListOfRuns(t *testing.T) {
	list := []job.Header{
		{ID: "20261201-052032-fmpj", State: job.Paused, Stopped: job.StopBudget, Rows: 400, OK: 20, Failed: 1,
			Model: "deepseek-v3.2", Input: "many.txt"},
		{ID: "20261201-052031-abcd", State: job.Finished, Rows: 9, OK: 9, Model: "gpt-4.1", Input: "many.txt",
			Shard: input.Shard{I: 2, N: 3}},
	}
	printed := func(o output) string {
		var b strings.Builder
		o.w = &b
		if err := printRuns(&o, list); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	got := printed(output{terminal: true, width: 80})
	if lines := strings.Split(strings.TrimSpace(got), "\n"); len(lines) < 3 || strings.Contains(got, "INCOMPLETE") ||
		!strings.HasPrefix(lines[0], "RUN  ") {
		t.Errorf("on 80 columns:\n%s", got)
	}
	if !strings.Contains(printed(output{}), " gpt-4.1        2/3 of many.txt\n") {
		t.Errorf("the shard is not there:\n%s", printed(output{}))
	}
	list[1].OK, list[1].Incomplete = 6, 3
	got = printed(output{})
	title := strings.Join(strings.Fields(got)[:8], " ")
	if title != "RUN STATE ROWS OK FAILED INCOMPLETE NOT RUN" || !strings.Contains(got, " 9   6       0           3 ") {
		t.Errorf("incomplete rows are not there:\n%s", got)
	}
}
