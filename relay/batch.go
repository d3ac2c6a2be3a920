package relay

import (
	"encoding/json"
	"errors"
	"time"
)

// ErrCutOff says that a file of answers ends within a line: it is to be fetched again.
var ErrCutOff = errors.New("the file of answers is cut off")

// BatchPath is the path of a request as batches write it: /v1/chat/completions.
func BatchPath(path string) string {
	if path == "" {
		path = "/chat/completions"
	}
	return "/v1" + path
}

// BatchPhase is what a provider does with a batch. A word of the provider that is not known is "".
type BatchPhase string

// The phases. The last four are final: the rows of a batch that were answered are real, and billed, in all of them.
const (
	BatchValidating BatchPhase = "validating"
	BatchInProgress BatchPhase = "in_progress"
	BatchFinalizing BatchPhase = "finalizing"
	BatchCancelling BatchPhase = "cancelling"
	BatchCompleted  BatchPhase = "completed"
	BatchFailed     BatchPhase = "failed" // its file was refused
	BatchExpired    BatchPhase = "expired"
	BatchCancelled  BatchPhase = "cancelled"
)

// Final reports whether a batch no longer changes.
func (p BatchPhase) Final() bool {
	switch p {
	case BatchCompleted, BatchFailed, BatchExpired, BatchCancelled:
		return true
	case BatchValidating, BatchInProgress, BatchFinalizing, BatchCancelling:
	}
	return false
}

// Batch is a batch as its provider describes it, a flat record.
type Batch struct {
	ID        string
	Phase     BatchPhase
	Word      string // the provider's own word for the phase
	Input     string // the id of its file
	Output    string // the id of the file of answers; "": there is none, or not yet
	Errors    string // the id of the file of rows that failed
	Total     int    // rows, as the provider counts them; 0: it does not say
	Completed int
	Failed    int
	Created   time.Time
	Expires   time.Time
	Metadata  map[string]string
	Code      string // of the first problem; ""
	Problem   string // why it failed, in one line; "": the provider does not say
}

// BatchLine is one row of the output of a batch.
type BatchLine struct {
	CustomID string
	Status   int             // HTTP; 0: the row got no answer
	Body     json.RawMessage // nil: none
	Remote   string          // the provider's id of the request
	Code     string          // of its error
	Message  string          // of its error; "" with Code "": it has none
}

// BatchRow is what a line of the output answers.
type BatchRow struct {
	ID    ID // of the request that the record of the row names
	Model string
	Path  string // "": a chat completion
	Input int64  // tokens, as estimated: used if the line has no usage
}

// BatchOrder is what a batch is created from.
type BatchOrder struct {
	File     string // the id of the uploaded file
	Path     string // of the rows: /chat/completions
	Metadata map[string]string
}

// Capability says whether a relay has something, and if not, why.
type Capability struct {
	Available bool
	Reason    string // "" if Available
}
