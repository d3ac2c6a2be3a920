package job

import (
	"testing"

	"relaytop/relay"
)

// TestThePartThatIsLeastFarStandsForItsRun: an unknown word of the provider is shown, and counts as in progress.
func TestThePartThatIsLeastFarStandsForItsRun(t *testing.T) {
	at := func(s Step, phase relay.BatchPhase, word string) *part {
		return &part{Part: Part{Step: s, Phase: phase, Word: word}}
	}
	validating := at(StepCreated, relay.BatchValidating, "queued")
	odd := at(StepCreated, "", "warming_up")
	finalizing := at(StepCreated, relay.BatchFinalizing, "")
	ended := at(StepEnded, relay.BatchCompleted, "")
	for _, tt := range []struct {
		name  string
		list  []*part
		phase PartPhase
		doing string
	}{
		{"none is open", []*part{at(StepMerged, relay.BatchCompleted, ""), at(StepDropped, "", "")}, "", ""},
		{"one has no batch", []*part{ended, at(StepUploaded, "", ""), validating}, PartCreating, "creating"},
		{"one is written", []*part{at(StepSubmitting, "", ""), at(StepPlanned, "", "")}, PartUploading, "uploading"},
		{"one is validated", []*part{ended, validating, odd}, PartValidating, "validating"},
		{"one has an unknown word", []*part{finalizing, odd, ended}, PartInProgress, "warming_up"},
		{"one after it", []*part{odd, validating}, PartValidating, "validating"},
		{"completed, without a file", []*part{at(StepCreated, relay.BatchCompleted, "done"), finalizing}, PartInProgress,
			"completed"},
		{"one is finalized", []*part{ended, finalizing}, PartFinalizing, "finalizing"},
		{"one is cancelled", []*part{ended, at(StepCreated, relay.BatchCancelling, "")}, PartCancelling, "cancelling"},
		{"all have ended", []*part{ended, at(StepMerged, relay.BatchCompleted, "")}, PartDownloading, "downloading"},
	} {
		s := (&parts{list: tt.list}).state()
		if s.Phase != tt.phase || s.Doing() != tt.doing {
			t.Errorf("%s: %q, %q, want %q, %q", tt.name, s.Phase, s.Doing(), tt.phase, tt.doing)
		}
	}
}
