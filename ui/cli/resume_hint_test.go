package cli

import (
	"testing"

	"github.com/spf13/pflag"

	"relaytop/relay"
	"relaytop/state/job"
)

// TestTheResumeHintHasTheFlags: what is copied from the summary goes to the same relay and the same folders.
func TestTheResumeHintHasTheFlags(t *testing.T) {
	for args, want := range map[[4]string]string{
		{}:                                      "resume it with: relaytop batch --resume r",
		{"--demo", "--theme", "mono"}:           "resume it with: relaytop batch --resume r --demo",
		{"--config", "my own.toml", "-m", "o3"}: "resume it with: relaytop batch --resume r --config 'my own.toml'",
		{"--relay", "b", "--data-dir", "/tmp/it's"}: "resume it with: relaytop batch --resume r --data-dir '/tmp/it'\\''s' " +
			"--relay b",
	} {
		var f flags
		var quiet bool
		set := pflag.NewFlagSet("relaytop", pflag.ContinueOnError)
		f.bind(set, &quiet)
		var given []string
		for _, a := range args {
			if a != "" {
				given = append(given, a)
			}
		}
		if err := set.Parse(given); err != nil {
			t.Fatal(err)
		}
		if got := resumeHint(&job.Header{ID: "r"}, f.again()); got != want {
			t.Errorf("%v: %s, want %s", args, got, want)
		}
	}
}

// TestTheResumeHintOfFailedRows: once every row has ended, a resume sends something only with --retry-failed.
func TestTheResumeHintOfFailedRows(t *testing.T) {
	for _, c := range []struct {
		h    job.Header
		want string
	}{
		{job.Header{Rows: 3, Failed: 3}, " --retry-failed"},
		{job.Header{Rows: 3, Failed: 2}, ""},
		{job.Header{Rows: 3, OK: 3}, ""},
		{job.Header{Rows: 3, OK: 2, Incomplete: 1, ByClass: map[relay.Class]int{relay.ClassTruncated: 1}}, " --retry-failed"},
	} {
		c.h.ID, c.h.State, c.h.Stopped = "r", job.Paused, job.StopProvider
		if got := resumeHint(&c.h, ""); got != "resume it with: relaytop batch --resume r"+c.want {
			t.Errorf("%+v: %s", c.h, got)
		}
	}
}

// TestTheResumeHintOfStdin: what was not read of it is gone.
func TestTheResumeHintOfStdin(t *testing.T) {
	h := job.Header{ID: "r", State: job.Paused, Stopped: job.StopUser, Path: "-", Rows: 6, OK: 6, More: true}
	want := "resume it with the same input: ... | relaytop batch - --resume r --demo"
	if got := resumeHint(&h, " --demo"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h.More = false // a copy of all of it is in the run's folder
	if got, want := resumeHint(&h, ""), "resume it with: relaytop batch --resume r"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestTheResumeHintOfABudget names an amount that sends another row.
func TestTheResumeHintOfABudget(t *testing.T) {
	for want, h := range map[string]job.Header{
		" --budget USD, with at least $0.00174262": {Budget: relay.USD / 10_000_000, NextBudget: 1_742_620_000},
		" --budget USD, with more than $0.0000001": {Budget: relay.USD / 10_000_000},
		" --budget USD, with more than $2.000000":  {Budget: relay.USD, Cost: 2 * relay.USD},
		"": {NextBudget: relay.USD}, // the budget of the day
	} {
		h.ID, h.Stopped = "r", job.StopBudget
		if got := resumeHint(&h, ""); got != "resume it with: relaytop batch --resume r"+want {
			t.Errorf("%s, want %q", got, want)
		}
	}
}
