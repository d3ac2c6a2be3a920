package batch

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

// carried is a run of which a provider has all rows, in two parts.
func carried() job.Header {
	return job.Header{ID: "0302-1122-hvwa", Input: "/home/me/reviews-2026-q1.jsonl",
		Out: "/home/me/reviews-2026-q1.out.jsonl", State: job.Running, Model: "deepseek-v3.2", Carrier: job.ByProvider,
		Concurrency: 10, Rows: 86_400, Queued: 86_400, Started: start.Add(-3 * time.Hour), Elapsed: 3 * time.Hour,
		Cost: usd(1_810_000), Estimated: true, Saved: usd(1_810_000), SavedKnown: true, Version: 1,
		Provider: job.ProviderState{Endpoint: "holysheep", Parts: 2, Open: 2, Phase: "validating", Rows: 86_400,
			Answered: 31_200, Next: start.Add(42 * time.Second), Expires: start.Add(21 * time.Hour)}}
}

func partsOf() ([]job.Part, []job.PartStep) {
	at := func(s string) time.Time { return must(time.Parse(time.DateTime, "2026-03-02 "+s)) }
	return []job.Part{
			{N: 1, Step: job.StepCreated, Phase: relay.BatchInProgress, Rows: 50_000, Answered: 31_161, Refused: 39,
				Bytes: 38_400_000, Batch: "batch_68a1e0c4f2", Times: job.PartTimes{Planned: at("11:21:57"),
					Uploaded: at("11:22:38"), Created: at("11:22:38"), InProgress: at("11:24:52"),
					Expires: at("11:22:38").Add(24 * time.Hour)}},
			{N: 2, Step: job.StepCreated, Phase: relay.BatchValidating, Rows: 36_400, Bytes: 27_900_000,
				Batch: "batch_68a1f7d07e", Note: "polling part 2: network: no route",
				Times: job.PartTimes{Planned: at("14:22:50"), Uploaded: at("14:23:20"), Created: at("14:23:20"),
					Expires: at("14:23:20").Add(24 * time.Hour)}},
		}, []job.PartStep{
			{At: at("11:22:38"), Part: 1, What: "validating"},
			{At: at("11:24:52"), Part: 1, What: "in_progress"},
			{At: at("14:23:20"), Part: 2, What: "validating"},
			{At: at("14:24:04"), Part: 1, What: "in_progress", Answered: 31161, Refused: 39},
		}
}

func must(t time.Time, err error) time.Time {
	if err != nil {
		panic(err)
	}
	return t
}

func TestARunThatAProviderCarries(t *testing.T) {
	large := ansi.Strip(scene(t, "provider", style.Options{}, "dark", 156, 41).View())
	for _, want := range []string{"uploading", "finalizing", "next poll in 42", "2 parts at holysheep", "50,000",
		"✓ 38.4 MB  41 s", "✓ 2m14s", "● 31,200 / 50,000", "62.4%", "● 1m02s", "· 36,400 rows", "in 20h58m",
		"batch_68a1e0c4f2", "polling part 2", "part 1 in progress since 11:24:52", "174 rows a minute",
		"~1h48m at 16:12", "in progress: 31,161 ok, 39 failed"} {
		if !strings.Contains(large, want) {
			t.Errorf("the large pane does not show %q", want)
		}
	}
	m := scene(t, "provider", style.Options{}, "dark", 78, 19)
	if small := ansi.Strip(m.View()); !strings.Contains(small, "validating  31,200 of 86,400 answered at holysheep") {
		t.Errorf("the small pane does not show the phase:\n%s", small)
	}
	if got := ansi.Strip(m.Status()); !strings.Contains(got, "validating") {
		t.Errorf("the title shows %q", got)
	}
	if got := ansi.Strip(scene(t, "left", style.Options{}, "dark", 78, 19).Status()); !strings.Contains(got,
		"with holysheep") {
		t.Errorf("the title of a run that was left shows %q", got)
	}
}

// TestAProviderIsPolledOrLeft: the keys are there while it has rows, and those of the pool are not.
func TestAProviderIsPolledOrLeft(t *testing.T) {
	for keys, want := range map[string][]string{"u": {"poll 0302-1122-hvwa"}, "d": {"detach 0302-1122-hvwa"}, "+": nil} {
		f := &fake{}
		drive(t, f, carried(), func(d *uitest.Driver, _ *dialogs) {
			if d.Press(keys); !slices.Equal(f.calls, want) {
				t.Errorf("%s: %v, want %v", keys, f.calls, want)
			}
		})
	}
	f := &fake{rows: table(), focus: 3056}
	drive(t, f, running(), func(d *uitest.Driver, _ *dialogs) {
		if d.Press("u"); len(f.calls) > 0 {
			t.Errorf("a run through the pool: %v", f.calls)
		}
	})
}

// TestARowAtAProviderIsQueued, as its filter counts it. Since when a model works on it is not known.
func TestARowAtAProviderIsQueued(t *testing.T) {
	row := job.Row{N: 1, ID: "row-1", Outcome: job.RowQueued, Reason: "with the provider"}
	m := show(dress(t, "dark", style.Options{}), &fake{rows: []job.Row{row}}, carried(), 78, 19)
	screen := ansi.Strip(m.View())
	if !strings.Contains(screen, "queued") || !strings.Contains(screen, "with the provider") ||
		strings.Contains(screen, "first token") {
		t.Errorf("%s", screen)
	}
}

func TestTheDemoRelayKeepsNoRun(t *testing.T) {
	f := &fake{}
	m := show(dress(t, "dark", style.Options{}), f, carried(), 78, 19)
	m.Refresh(&state.Snapshot{At: start, Run: carried(), Runs: 1, Demo: true})
	for i := range m.Actions() {
		if a := &m.Actions()[i]; a.Name == "batch.detach" && a.On() {
			t.Error("a run of the demo can be left to its relay")
		}
	}
}
