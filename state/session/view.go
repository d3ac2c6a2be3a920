package session

import (
	"time"

	"relaytop/relay"
)

// Phase is where an answer stands.
type Phase uint8

// The phases of an answer. A message of the user is always Ended.
const (
	Ended     Phase = iota // Result tells how
	Queued                 // in its lane, not sent
	Waiting                // sent, no token yet
	Streaming              // tokens arrive
	Retrying               // waits until Until because of Cause
)

// View is one message of a chat's active path as a pane draws it. Strings share the message's memory and never
// change.
type View struct {
	ID   int64
	Role string // RoleUser or RoleAssistant
	Text string
	// bytes at the begin of Text that are of the cut answer which this one continues; all figures are of what came
	// behind them
	Carried   int
	Parts     []Part // files of a message of the user
	Reasoning string
	Refusal   string
	Tools     []relay.ToolCall
	Phase     Phase
	Since     time.Time        // when it was asked
	Sent      time.Time        // when the attempt's round trip began; zero: not yet
	First     time.Time        // first token; zero: none yet
	Until     time.Time        // Retrying: end of the wait
	Cause     *relay.WaitCause // Retrying: who holds it back and why; nil: not known
	Attempt   int
	Of        int        // the most attempts that there may be, 0: not known
	Model     string     // asked for, or answering
	Out       int64      // tokens so far, an estimate while it streams
	Cost      relay.Cost // so far, an estimate while it streams; no source: not known
	Request   relay.ID
	Result    *relay.Result // nil while in flight, and for the user's messages
	Partial   bool          // found unfinished after a restart
	Sibling   int           // 1-based place among its siblings
	Siblings  int
	Left      bool   // kept and not sent any more
	Version   uint64 // differs whenever anything above does
}

// Header is one chat in a list.
type Header struct {
	ID        string
	Title     string // "" until something was said
	Model     string
	System    string
	Params    relay.Params
	Preset    string // that was chosen last; the settings may have been changed since
	Pinned    bool
	Created   time.Time
	Updated   time.Time
	Messages  int
	Cost      relay.Money // settled
	Estimated bool        // an estimate is inside Cost
	Unknown   int         // answers whose cost is not known
	Streaming bool        // an answer is being made, shown or not
	Busy      bool        // the next prompt has to wait for one
	Compare   []Target    // whom the next prompt goes to, side by side; empty: to Model
	Queued    []string    // prompts that wait for the answer before them
	Draft     string
	From      int64  // what stands above this message is not sent; 0: everything is
	Files     []Part // of the draft
	Tokens    int64  // of the context that the next turn would send
	TokensEst bool   // Tokens is an estimate
	Version   uint64 // differs whenever anything in the chat does
	Shape     uint64 // the same, but for answers that grow
}
