package job

import (
	"fmt"
	"time"

	"relaytop/relay"
)

// Step is how far a part is.
type Step string

// The steps of a part, in their order. The last three end it.
const (
	StepPlanned    Step = "planned"    // its file is written
	StepUploaded   Step = "uploaded"   // the provider has its file
	StepSubmitting Step = "submitting" // its batch is being created: whether it was is not known
	StepCreated    Step = "created"    // the provider has its batch; Phase says what it does
	StepEnded      Step = "ended"      // the batch has ended, and its answers are to be fetched
	StepMerged     Step = "merged"     // its answers are in the journal
	StepDropped    Step = "dropped"    // it never became a batch: its rows are pending again
	StepLost       Step = "lost"       // the provider no longer knows its batch
)

// Part is one file of rows and its batch at the provider, a flat record. Each of its steps is a record in the
// journal.
type Part struct {
	N        int              `json:"n"` // from 1
	Step     Step             `json:"step"`
	Provider string           `json:"provider"`
	Model    string           `json:"model"`
	Path     string           `json:"path,omitempty"` // "": chat completions
	Rows     int              `json:"rows"`
	Bytes    int64            `json:"bytes"`
	Worst    relay.Money      `json:"worst"` // the most that its rows may cost; 0: not known
	File     string           `json:"file,omitempty"`
	Batch    string           `json:"batch,omitempty"`
	Phase    relay.BatchPhase `json:"phase,omitempty"`
	Word     string           `json:"word,omitempty"`     // the provider's own for the phase
	Answered int              `json:"answered,omitempty"` // rows, as the provider counts
	Refused  int              `json:"refused,omitempty"`  // rows that failed, as it counts
	Output   string           `json:"output,omitempty"`
	Errors   string           `json:"errors,omitempty"`
	Problem  string           `json:"problem,omitempty"` // why its batch failed
	Code     string           `json:"code,omitempty"`
	Times    PartTimes        `json:"times"`
	Note     string           `json:"-"` // why the last request for it failed; "": it did not
	Next     time.Time        `json:"-"` // when it is asked for again
}

// PartTimes are when a part came to its steps.
type PartTimes struct {
	Planned    time.Time `json:"planned"`
	Uploaded   time.Time `json:"uploaded,omitzero"`
	Submitting time.Time `json:"submitting,omitzero"`
	Created    time.Time `json:"created,omitzero"`
	InProgress time.Time `json:"in_progress,omitzero"`
	Finalizing time.Time `json:"finalizing,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
	Merged     time.Time `json:"merged,omitzero"`
	Expires    time.Time `json:"expires,omitzero"`
}

// part is a Part and when it is due.
type part struct {
	Part
	wakes      time.Time
	cancelSent bool
}

// Over reports whether nothing more happens to a part.
func (p *Part) Over() bool {
	switch p.Step {
	case StepMerged, StepDropped, StepLost:
		return true
	case StepPlanned, StepUploaded, StepSubmitting, StepCreated, StepEnded:
	}
	return false
}

// needs is what brings a part to its next step.
func (p *part) needs(cancelling bool) carrying {
	switch p.Step {
	case StepPlanned:
		if cancelling {
			return carryDrop
		}
		return carryUpload
	case StepUploaded:
		if cancelling {
			return carryDrop
		}
		return carryCreate
	case StepSubmitting:
		return carryCreate
	case StepCreated:
		if cancelling && !p.cancelSent {
			return carryCancel
		}
		return carryPoll
	case StepEnded:
		return carryMerge
	case StepMerged, StepDropped, StepLost:
	}
	return carryWait
}

// parts are the parts of a run, in the order of their numbers. The run's lock guards them.
type parts struct {
	list  []*part
	steps []PartStep // the newest, at most keptSteps
}

// PartStep is one step of one part, for a list of what happened.
type PartStep struct {
	At       time.Time
	Part     int
	What     string
	Answered int // rows, as the provider counts
	Refused  int // rows that failed, as it counts
}

const keptSteps = 50

// open counts the parts that are not over.
func (ps *parts) open() (n int) {
	for _, p := range ps.list {
		if !p.Over() {
			n++
		}
	}
	return n
}

// replay takes a step that the journal has.
func (ps *parts) replay(at time.Time, s *Part) {
	for _, p := range ps.list {
		if p.N == s.N {
			next := s.Next
			p.Part = *s
			p.Next = next
			ps.note(at, s)
			return
		}
	}
	ps.list = append(ps.list, &part{Part: *s})
	ps.note(at, s)
}

// note adds a step to what happened.
func (ps *parts) note(at time.Time, p *Part) {
	s := PartStep{At: at, Part: p.N, What: string(p.Step)}
	if p.Step == StepCreated || p.Step == StepEnded {
		s.What, s.Answered, s.Refused = p.word(), p.Answered, p.Refused
	}
	if n := len(ps.steps); n > 0 {
		last := ps.steps[n-1]
		if last.At = at; last == s {
			ps.steps[n-1] = s
			return
		}
	}
	if ps.steps = append(ps.steps, s); len(ps.steps) > keptSteps {
		ps.steps = ps.steps[1:]
	}
}

// word is the phase in a word.
func (p *Part) word() string {
	switch {
	case p.Phase != "":
		return string(p.Phase)
	case p.Word != "":
		return p.Word
	}
	return string(p.Step)
}

// ProviderState is what the provider's batches of a run do, a flat record. Endpoint "": the run has none.
type ProviderState struct {
	Endpoint string
	Parts    int
	Open     int       // parts that are not over
	Unsent   int       // open parts without a batch
	Phase    PartPhase // of the part that is least far
	Word     string    // the provider's own for Phase; "": it is that of Phase
	Rows     int       // in open parts
	Answered int       // of those, as the provider counts them
	Next     time.Time // when the provider is asked again; zero: nothing is planned
	Expires  time.Time // of the first batch that does; zero: not known
	Note     string    // why the last request failed; "": it did not
	Worst    relay.Money
}

// state sums the parts up.
func (ps *parts) state() ProviderState {
	var s ProviderState
	for _, p := range ps.list {
		s.Endpoint = p.Provider
		s.Parts++
		if p.Over() {
			continue
		}
		s.Open++
		s.Rows += p.Rows
		s.Worst += p.Worst
		s.Answered += min(p.Answered+p.Refused, p.Rows)
		if p.Batch == "" {
			s.Unsent++
		}
		if s.Next.IsZero() || !p.Next.IsZero() && p.Next.Before(s.Next) {
			s.Next = p.Next
		}
		if !p.Times.Expires.IsZero() && (s.Expires.IsZero() || p.Times.Expires.Before(s.Expires)) {
			s.Expires = p.Times.Expires
		}
		if p.Note != "" {
			s.Note = p.Note
		}
		if now := p.Current(); s.Phase == "" || now.before(s.Phase) {
			s.Phase, s.Word = now, p.Doing()
			if s.Word == string(now) {
				s.Word = ""
			}
		}
	}
	return s
}

// leftReason says where the rows are that the program no longer waits for.
func leftReason(s ProviderState, id string) string {
	return fmt.Sprintf("%s has %s (%s): `relaytop batch resume %s` fetches the answers, `relaytop batch cancel %s` stops "+
		"the batch", s.Endpoint, relay.Counted(s.Rows, "row"), s.Doing(), id, id)
}
