package job

import (
	"cmp"
	"slices"

	"relaytop/relay"
)

// PartPhase is what happens to an open part: the phase of its batch while the provider works on it, else what is done
// here. "": nothing, it is over.
type PartPhase string

// The phases of a part. A batch whose status has an unknown word counts as in progress.
const (
	PartUploading   PartPhase = "uploading"
	PartCreating    PartPhase = "creating"
	PartValidating            = PartPhase(relay.BatchValidating)
	PartInProgress            = PartPhase(relay.BatchInProgress)
	PartFinalizing            = PartPhase(relay.BatchFinalizing)
	PartCancelling            = PartPhase(relay.BatchCancelling)
	PartDownloading PartPhase = "downloading"
)

// partPhases are the phases in their order.
var partPhases = [...]PartPhase{PartUploading, PartCreating, PartValidating, PartInProgress, PartFinalizing,
	PartCancelling, PartDownloading}

// Current is the phase of a part.
func (p *Part) Current() PartPhase {
	switch p.Step {
	case StepPlanned:
		return PartUploading
	case StepUploaded, StepSubmitting:
		return PartCreating
	case StepEnded:
		return PartDownloading
	case StepMerged, StepDropped, StepLost:
		return ""
	case StepCreated:
	}
	switch p.Phase {
	case relay.BatchValidating, relay.BatchFinalizing, relay.BatchCancelling:
		return PartPhase(p.Phase)
	case relay.BatchInProgress, relay.BatchCompleted, relay.BatchFailed, relay.BatchExpired, relay.BatchCancelled:
	}
	return PartInProgress
}

// Doing is the phase of a part in a word, for people: the provider's own word if it is not one of the phases.
func (p *Part) Doing() string {
	if p.Step == StepCreated {
		return p.word()
	}
	return cmp.Or(string(p.Current()), string(p.Step))
}

// before reports whether a part in phase p is less far than one in q.
func (p PartPhase) before(q PartPhase) bool {
	return slices.Index(partPhases[:], p) < slices.Index(partPhases[:], q)
}

// Doing is Phase in a word, for people: the provider's own word if it is not one of the phases.
func (s *ProviderState) Doing() string { return cmp.Or(s.Word, string(s.Phase)) }
