package session

import (
	"time"

	"relaytop/relay"
)

// Phase is how far an answer is.
type Phase uint8

// The phases of an answer. A user message is always Ended.
const (
	Ended     Phase = iota // Result says how
	Queued                 // in its lane, not sent
	Waiting                // sent, no token yet
	Streaming              // tokens arrive
	Retrying               // waits until Until because of Cause
)

// View is one message of a chat's active path as a pane draws it. Strings share the message's memory and never
// change.
type View struct {
	ID   int64
	Role string // relay.RoleUser or relay.RoleAssistant
	Text string
	// bytes at the beginning of Text that are of the cut answer that this one continues; all figures are of the text
	// after them
	Carried   int
	Parts     []Part // files of a user message
	Reasoning string
	Refusal   string
	Tools     []relay.ToolCall
	Phase     Phase
	Since     time.Time        // when it was asked
	Sent      time.Time        // when the attempt's round trip began; zero: not yet
	First     time.Time        // first token; zero: none yet
	Last      time.Time        // newest token
	Until     time.Time        // Retrying: end of the wait
	Cause     *relay.WaitCause // Retrying: who delays it and why; nil: unknown
	Attempt   int
	Of        int        // the maximum number of attempts; 0: unknown
	Model     string     // the one asked for, or the one that answers
	Out       int64      // tokens so far, an estimate while it streams
	Cost      relay.Cost // so far, an estimate while it streams; no source: unknown
	Request   relay.ID
	Result    *relay.Result // nil while in flight, and for the user's messages
	Partial   bool          // its end was lost by a restart
	Sibling   int           // 1-based place among its siblings
	Siblings  int
	Left      bool   // not sent any more
	Version   uint64 // differs whenever anything above does
}

// Header is one chat in a list.
type Header struct {
	ID        string
	Title     string // "" before the first prompt
	Model     string
	System    string
	Params    relay.Params
	Preset    string // the one chosen last; the settings may have changed since
	Pinned    bool
	Created   time.Time
	Updated   time.Time
	Messages  int
	Cost      relay.Money // settled
	Estimated bool        // an estimate is inside Cost
	Unknown   int         // answers whose cost is not known
	Streaming bool        // an answer is in flight, shown or not
	Busy      bool        // the next prompt has to wait for one
	Compare   []Target    // the models that the next prompt goes to; empty: Model
	Queued    []string    // prompts that wait for the answer before them
	Draft     string
	From      int64  // messages above this one are not sent; 0: all are
	Files     []Part // of the draft
	Tokens    int64  // of the context that the next turn would send
	TokensEst bool   // Tokens is an estimate
	Version   uint64 // differs whenever anything in the chat does
	Shape     uint64 // the same, except for answers that grow
}
