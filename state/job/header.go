package job

import (
	"encoding/json"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// State is the state of a run.
type State string

// The states of a run.
const (
	Reading   State = "reading"
	Running   State = "running"
	Pausing   State = "pausing" // rows in flight finish
	Paused    State = "paused"
	Finishing State = "finishing"
	Finished  State = "finished"
	Cancelled State = "cancelled"
	Broken    State = "failed"  // the run itself, not a row: Reason says why
	Damaged   State = "damaged" // its folder no longer says what was paid for: Reason says why
)

// Rests reports whether only the user, or nothing, can change a state. A paused run may still have rows in flight:
// those whose answers did not fit on the disk.
func (s State) Rests() bool {
	return s == Paused || s == Finished || s == Cancelled || s == Broken || s == Damaged
}

// Moves reports whether a run in this state is being worked on. The state of no run, "", does not move.
func (s State) Moves() bool { return s == Reading || s.timed() }

// timed reports whether the time in a state counts as Elapsed.
func (s State) timed() bool { return s == Running || s == Pausing || s == Finishing }

// Stop is what stopped a run; "" if it runs or is finished. It is kept in the run's header.
type Stop string

// What stops a run.
const (
	StopBudget   Stop = "budget"
	StopAuth     Stop = Stop(relay.ClassAuth)  // a relay refuses the key
	StopQuota    Stop = Stop(relay.ClassQuota) // a relay wants money
	StopAlike    Stop = "alike"                // many rows in a row ended alike, and not well
	StopDisk     Stop = "disk"
	StopWait     Stop = "wait" // the relay asked for a longer wait than a run is held for
	StopUser     Stop = "user"
	StopProvider Stop = "provider"   // a provider does not take, or does not keep, its part of the rows
	StopInput    Stop = "input"      // the input can't be used: the run is broken, or paused if rows were sent
	StopRepeat   Stop = "duplicates" // rows with the id of an earlier one were found after rows were sent
)

// Outcome is the state of a row.
type Outcome uint8

// The outcomes. Those from RowOK on are final, except for a retry.
const (
	Pending Outcome = iota
	RowQueued
	RowHeld    // delayed before it is sent: by our own limits, or until an endpoint is free
	RowWaiting // sent, no token yet
	RowStreaming
	RowRetrying
	RowOK
	RowFailed
	RowIncomplete // cut by length, filtered, or interrupted: its text is kept
	RowSkipped    // a bad row
	RowElsewhere  // of another shard: it is in no count of the run, and in no output
)

// Header is one run in a list, and what the pane shows above the rows: a flat record. The counts of rows add up to
// Rows.
type Header struct {
	ID                              string
	Input, Out, Errors              string
	Path                            string // of the input, as in Options
	State                           State
	Reason                          string // why it paused or broke, with what to do
	Stopped                         Stop   // what stopped it
	Model                           string
	Carrier                         Carrier
	Concurrency                     int
	Rows                            int  // known so far
	More                            bool // the input is still being read: there may be more rows
	OK, Failed, Incomplete, Skipped int
	Shard                           input.Shard // what part of the input it is
	Elsewhere                       int         // rows of other shards, which are not in Rows
	InFlight                        int         // with the relay
	Writing                         int         // answered, and the record is not on the disk yet
	Retrying, Held, Queued          int
	FellBack                        int
	ByClass                         map[relay.Class]int
	Started, Ended                  time.Time
	Elapsed                         time.Duration // without pauses
	Rate                            float64       // rows a second, recent
	ETA                             time.Duration // 0: not known
	HeldBy                          string        // what nothing is sent for; "": rows are sent
	HeldUntil                       time.Time     // when that ends; zero: not known
	PacedBy                         string        // our own limit that rows wait for; "": none does
	Cost                            relay.Money   // settled
	Source                          relay.Source  // the least reliable of the sources of Cost; "" before the first row
	Estimated, Simulated            bool
	Unknown                         int
	Pending                         relay.Money
	Low, High                       relay.Money // projected cost at the end; both 0: not known
	Budget                          relay.Money // what it may cost; 0: no limit
	NextBudget                      relay.Money // the least that sends another row, if Budget stopped it; 0: not known
	Saved                           relay.Money
	SavedKnown                      bool
	Usage                           relay.Usage
	PaidTwice                       int // rows that may have been
	Lost                            int // of PaidTwice at most: their records were lost, by a power cut or damage
	Damaged                         int // journal records that can't be read: their rows run again
	Provider                        ProviderState
	ReadOnly                        bool           // another process runs it
	Interrupted                     bool           `json:"-"` // its process ended without stopping it: it was killed
	Unused                          map[string]int `json:"-"` // as in Plan, once the input is read; not modified then
	NoStream                        bool           // as in Options
	NothingLeft                     bool           `json:"-"` // resumed, and every row had an answer: nothing was sent
	Journal                         int64          // bytes of the journal that are durable
	Alike                           ending         // the ending of rows that paused it
	Removed                         int            // of Rows: no longer in the input, and answered before
	Replaced                        int            // of Removed: the input has another row with their id
	Changed                         *Change        `json:"-"` // how the input differs from the last time; nil: it does not
	Partial                         bool           // Out has rows that wait to be sent
	ErrorsOut                       bool           // Errors is there
	Version                         uint64         // differs whenever anything in the run does
}

// Done is the number of rows with an outcome.
func (h *Header) Done() int { return h.OK + h.NotOK() }

// Underway is the number of rows that were submitted and have no record on the disk.
func (h *Header) Underway() int { return h.InFlight + h.Writing + h.Retrying + h.Held }

// Active reports whether this process has something left to do for the run, unless it is paused or ends.
func (h *Header) Active() bool { return !h.ReadOnly && h.State.Moves() }

// NotOK is the number of rows that ended without a good answer.
func (h *Header) NotOK() int { return h.Failed + h.Incomplete + h.Skipped }

// Retryable reports whether `retry failed` would send a row again. Rows that were skipped have no class.
func (h *Header) Retryable() bool {
	if h.Failed > 0 {
		return retryable(RowFailed, "")
	}
	for class, n := range h.ByClass {
		if n > 0 && h.Incomplete > 0 && retryable(RowIncomplete, class) {
			return true
		}
	}
	return false
}

// CostUnknown reports whether Cost says nothing: no answer so far has a known cost.
func (h *Header) CostUnknown() bool { return h.Unknown > 0 && h.Unknown >= h.OK+h.Incomplete }

// HandedOver reports whether a provider has every row without an outcome, in batches that it has accepted.
func (h *Header) HandedOver() bool {
	p := &h.Provider
	return p.Open > 0 && p.Unsent == 0 && p.Rows >= h.Rows-h.Done()
}

// Row is one row as the pane draws it.
type Row struct {
	N         int // 1-based place in the input
	ID        string
	Outcome   Outcome
	Writing   bool // answered, and its record is not on the disk yet: Outcome is that of before
	Model     string
	Attempt   int
	Of        int           // the maximum number of attempts, while in flight; 0: unknown
	TTFT      time.Duration // 0: none
	Out       int64
	OutEst    bool
	TokPerSec float64
	Burst     bool // the answer came at once: it has no speed
	Cost      relay.Cost
	CostEst   relay.Money // while it streams
	Text      string      // the end of the text while it streams, its start afterwards; bounded
	Reason    string      // why it waits, retries or failed
	Class     relay.Class
	Fallback  *relay.Fallback
	Since     time.Time
	Until     time.Time
	Request   relay.ID
	Result    *relay.Result // what the journal has of the last request, no texts; nil: in flight, or never sent
}

// Options configure a run.
type Options struct {
	Input          string // path; "-" is stdin; "" with Sample
	Sample         bool   // the built-in sample
	Out            string // "" is beside the input: NAME.out.jsonl; see FolderOut
	Model          string
	Params         relay.Params
	Concurrency    int    // 0 is 10
	Template       string // for CSV and prompt rows
	Paragraphs     bool
	Fallback       []string
	Shard          input.Shard     `json:",omitzero"`  // the part of the input to send
	Schema         json.RawMessage `json:",omitempty"` // JSON Schema of the answers; empty: they are not checked
	AllowDuplicate bool
	StopOnBad      bool
	Force          bool   // overwrite an existing output
	Resume         string // a run's id, or "last"
	RetryFailed    bool
	RetryRow       int         `json:"-"` // with Resume: this row is sent again, by its number; 0: none
	Budget         relay.Money // 0: none
	Carrier        Carrier     // "" is the pool
	Hold           bool        `json:"-"` // it is paused once it is read
	BudgetUnknown  bool        // rows whose price is unknown are sent in spite of the budget
	DropRemoved    bool        // rows that are no longer in the input are left out of the output
	Forget         bool        `json:"-"` // resume a damaged run, although rows may be paid for again
	NoStream       bool        // ask for plain JSON answers: no token is seen before the end, and there is no TTFT
}

// spend adds the cost and usage of a record to the sums, except to Cost, which the purse counts.
func (h *Header) spend(rec *record) {
	if u := rec.Usage; u != nil {
		h.Usage.Add(u)
	}
	c := rec.Cost
	if c == nil || !c.Known() {
		if rec.Body != nil {
			h.Unknown++
		}
		return
	}
	h.Source = relay.LessTrusted(h.Source, c.ShownSource())
	h.Estimated = h.Estimated || c.Estimated
	h.Simulated = h.Simulated || c.Source == relay.SourceSim
	if saved, ok := c.Saved(); ok {
		h.Saved += saved
		h.SavedKnown = true
	}
}

// tally adds a row to the counts, or removes it.
func (h *Header) tally(row *row, by int) {
	switch row.outcome {
	case RowOK:
		h.OK += by
	case RowFailed:
		h.Failed += by
	case RowIncomplete:
		h.Incomplete += by
	case RowSkipped:
		h.Skipped += by
	case Pending, RowQueued, RowHeld, RowWaiting, RowStreaming, RowRetrying, RowElsewhere:
		return
	}
	if row.flags&flagFellBack != 0 {
		h.FellBack += by
	}
	if c := classOf(row.class); c != "" {
		if h.ByClass[c] += by; h.ByClass[c] == 0 {
			delete(h.ByClass, c)
		}
	}
}
