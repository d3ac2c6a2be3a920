package cli

import (
	"testing"
	"time"

	"relaytop/state/job"
)

// TestUnusedKey: the advice is about the key that is not read.
func TestUnusedKey(t *testing.T) {
	for _, tt := range []struct {
		key  string
		n    int
		want string
	}{
		{"model", 2, `key "model" in 2 rows is not used: ` +
			`to ask another model per row write an OpenAI batch line with a body`},
		{"seed", 1, `key "seed" in 1 row is not used: to set it per row write an OpenAI batch line with a body`},
		{"ID", 3, `key "ID" in 3 rows is not used: write id, in lower case`},
		{"messages", 1, `key "messages" in 1 row is not used: ` +
			`the row has a prompt or messages beside it; a template (--template) can read it`},
	} {
		if got := unusedKey(tt.key, tt.n); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

// TestTheTimeOfAPlan: a run of less than a second takes some time.
func TestTheTimeOfAPlan(t *testing.T) {
	for took, want := range map[time.Duration]string{
		0:                      "time unknown: no answer was measured, and no limit is met; 10 at the same time",
		71 * time.Millisecond:  "time about 71 ms, 10 at the same time",
		420 * time.Millisecond: "time about 0.4 s, 10 at the same time",
		64 * time.Second:       "time about 64 s, 10 at the same time",
	} {
		if got := timeLine(&job.Outlook{Took: took, AtOnce: 1}, 10); got != want {
			t.Errorf("%v: %q, want %q", took, got, want)
		}
	}
}
