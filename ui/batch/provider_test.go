package batch

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/style"
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
				Batch: "batch_68a1e0c4f2"},
			{N: 2, Step: job.StepCreated, Phase: relay.BatchValidating, Rows: 36_400, Batch: "batch_68a1f7d07e",
				Note: "polling part 2: network: no route"},
		}, []job.PartStep{
			{At: at("11:22:38"), Part: 1, What: "validating"},
			{At: at("11:24:52"), Part: 1, What: "in_progress"},
			{At: at("14:23:20"), Part: 2, What: "validating"},
			{At: at("14:24:04"), Part: 1, What: "in_progress: 31161 answered, 39 failed, as it counts"},
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
		"in_progress", "31,200 answered", "batch_68a1e0c4f2", "polling part 2", "11:24:52"} {
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
