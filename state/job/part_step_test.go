package job

import (
	"testing"
	"time"

	"relaytop/relay"
)

// TestASecondPollWithTheSameCountsIsNoStep: it only moves the time of the one before.
func TestASecondPollWithTheSameCountsIsNoStep(t *testing.T) {
	at := time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC)
	var ps parts
	p := Part{N: 1, Step: StepCreated, Phase: relay.BatchInProgress, Answered: 31_161, Refused: 39}
	ps.note(at, &p)
	ps.note(at.Add(time.Minute), &p)
	p.Answered++
	ps.note(at.Add(2*time.Minute), &p)
	p.Step, p.Phase = StepMerged, ""
	ps.note(at.Add(3*time.Minute), &p)
	want := []PartStep{
		{At: at.Add(time.Minute), Part: 1, What: "in_progress", Answered: 31_161, Refused: 39},
		{At: at.Add(2 * time.Minute), Part: 1, What: "in_progress", Answered: 31_162, Refused: 39},
		{At: at.Add(3 * time.Minute), Part: 1, What: "merged"},
	}
	if len(ps.steps) != len(want) {
		t.Fatalf("%d steps: %v", len(ps.steps), ps.steps)
	}
	for i := range want {
		if ps.steps[i] != want[i] {
			t.Errorf("step %d is %v, want %v", i, ps.steps[i], want[i])
		}
	}
}
