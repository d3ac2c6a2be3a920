package meter

import (
	"time"

	"relaytop/relay"
)

// Window is the span of time that figures are over.
type Window uint8

// The windows. Run is since the program (or the benchmark) began.
const (
	TenSeconds Window = iota
	Minute
	TenMinutes
	Run
)

// String is the window's name on the screen: 10s, 1m, 10m or run.
func (w Window) String() string { return [...]string{"10s", "1m", "10m", "run"}[w&3] }

// Quantiles of one latency over successes. N is the number of samples; with N == 0 nothing else means anything.
type Quantiles struct {
	N                                        int64
	Mean, Min, P50, P90, P95, P99, P999, Max time.Duration
	Sum                                      time.Duration // exact, as Mean, Min and Max are
}

// At returns the latency that at least the share p of the samples does not exceed. False: p is not one of the
// shares that are kept, or there is no sample.
func (q *Quantiles) At(p float64) (d time.Duration, ok bool) {
	switch p {
	case 0:
		d = q.Min
	case .5:
		d = q.P50
	case .9:
		d = q.P90
	case .95:
		d = q.P95
	case .99:
		d = q.P99
	case .999:
		d = q.P999
	case 1:
		d = q.Max
	default:
		return 0, false
	}
	return d, q.N > 0
}

// Enough reports whether N samples say anything about the quantile q: at least one is expected beyond it.
func (q Quantiles) Enough(p float64) bool { return float64(q.N)*(1-p) >= 1 }

// Figures are the numbers of the strip and of a report's head.
type Figures struct {
	Window         Window
	Any            bool      // something finished in the window; without it rates are shown as a dash
	ReqPerSec      float64   // finished requests
	OKPerSec       float64   // answers
	TokPerSec      float64   // output tokens of answers, estimates live and settled on usage
	TTFT, E2E      Quantiles // TTFT also of answers in flight
	TPOT           Quantiles // per output token after the first; its inverse is the decode speed
	Queue          Quantiles // our own waiting before the first attempt that answered
	OK, Failed     int64     // length and filtered are answers and count as ok here
	Cancelled      int64
	Burst          int64   // answers that came at once: they have no TPOT
	Good, Judged   int64   // requests that met all objectives, of those that are judged
	ErrorRate      float64 // failed / (ok + failed), 0..1
	Attempts       int64   // that failed, or whose request ended
	FailedAttempts int64   // attempts among them that failed
	InFlight       int     // sent and not ended
	Queued         int     // in a lane
	Waiting        int     // for a retry, or behind our own limits
	Cost           relay.Money
	Estimated      bool        // an estimate is part of Cost
	Simulated      bool        // all of it is the demo relay's
	Unknown        int64       // requests whose cost is not known
	Pending        relay.Money // estimate of the answers in flight so far, never part of Cost
	PerMinute      relay.Money
	Tokens         int64         // output tokens of answers, estimates live and settled on usage
	Input, Output  int64         // tokens of the answers that ended, as the relay counted them
	Elapsed        time.Duration // the window, or the time since the first event; rates are over at least 1 s of it
}

// Bucket is one column of a chart. Any is false where nothing ended in it: a gap, not a zero. The TTFT of the newest
// one is also of the answers in flight: it is where they would be if they ended now.
type Bucket struct {
	Any       bool
	TTFT, E2E Quantiles
	OK        int64
	Failed    map[relay.Class]int64
	Attempts  map[relay.Class]int64 // that failed, also those of requests that go on or were answered
	Tokens    int64
	InFlight  [relay.NumLanes]int32 // the most at once, by lane
	Cost      relay.Money           // settled in this bucket
	Total     relay.Money           // settled so far, at the bucket's end
}

// Row is one line of a table.
type Row struct {
	Key            string // the model, endpoint or lane; of View.Series it is the model
	Series         Key    // of View.Series; zero in a table
	Requests       int64  // ok + failed
	Failed         int64
	Burst          int64
	Good, Judged   int64
	Attempts       int64
	FailedAttempts int64
	Classes        Classes
	TTFT, E2E      Quantiles
	TPOT           Quantiles
	TokPerSec      float64 // median decode speed of its answers
	Input, Output  int64   // tokens of its answers
	Cost           relay.Money
	Estimated      bool
	Unknown        int64
	Saved          relay.Money
	SavedKnown     bool
}

// Classes count failures by their class; nil maps without any.
type Classes struct {
	Requests map[relay.Class]int64
	Attempts map[relay.Class]int64 // also those of requests that go on or were answered
}

// View is what the metrics pane draws, asked for by window and number of columns.
type View struct {
	Figures    Figures
	Span       time.Duration // of the whole view: Step times the number of buckets
	Step       time.Duration // of one bucket, whole seconds
	Lines      [3]Lines      // TTFT, E2E and TPOT over time, a point for each bucket
	Buckets    []Bucket      // oldest first, at most as many as asked for; the last one is not over yet
	Models     []Row         // most requests first
	Endpoints  []Row
	Lanes      []Row
	Series     []Row // by model, endpoint and lane together
	Heat       Heat
	Classes    map[relay.Class]int64
	Attempts   map[relay.Class]int64 // that failed
	Version    uint64
	Objectives Objectives // that requests are judged by
	End        time.Time  // of the newest bucket, which may not be over yet
	Past       bool       // the window is empty: all of this is the last activity, which was over at End
}

// Heat counts requests by time and E2E on a logarithmic scale.
type Heat struct {
	Low, High time.Duration // of the scale
	Cells     [][]int       // [column, oldest first][step, fastest first]
}
