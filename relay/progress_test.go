package relay

import (
	"testing"
	"time"
)

// progress folds events a second apart, and returns the progress and the number of late events.
func progress(list ...Event) (p Progress, late int) {
	for i := range list {
		list[i].At = moment(i)
		if !p.Fold(&list[i]) {
			late++
		}
	}
	return p, late
}

func moment(second int) time.Time { return time.Unix(int64(second), 0) }

var (
	queued  = Event{Kind: Queued, Lane: LaneBatch, Model: "m"}
	first   = Event{Kind: Sent, Attempt: 1, Of: 3, Lane: LaneBatch, Model: "m", Endpoint: "a"}
	second  = Event{Kind: Sent, Attempt: 2, Of: 3, Lane: LaneBatch, Model: "m", Endpoint: "b"}
	headers = Event{Kind: Answering, Status: 200}
	thought = Event{Kind: Reasoning, Text: "hm, "}
	text    = Event{Kind: Text, Text: "12345678"}
	metered = Event{Kind: Metered, Usage: &Usage{Input: 7, Output: 40}}
	failed  = Event{Kind: Failed, Err: &Error{Class: ClassOverloaded, Status: 503, Message: "busy"}}
	waiting = Event{Kind: Waiting, Reason: "Retry-After", Until: moment(99)}
	fell    = Event{Kind: FellBack, From: "m", Model: "n", Reason: "503"}
	done    = Event{Kind: Done, Result: &Result{}}
)

func TestProgressOfAnAnswer(t *testing.T) {
	p, late := progress(queued, first, headers, thought, text, text, metered)
	if late != 0 || p.Phase != PhaseStreaming || p.Attempt != 1 || p.Of != 3 || p.Lane != LaneBatch || p.Model != "m" ||
		p.Endpoint != "a" || p.Status != 200 {
		t.Errorf("%d late, %+v", late, p)
	}
	for name, got := range map[string][2]time.Time{
		"queued": {p.Queued, moment(0)}, "sent": {p.Sent, moment(1)}, "since": {p.Since, moment(1)},
		"answered": {p.Answered, moment(2)}, "first": {p.First, moment(3)}, "first output": {p.FirstOut, moment(4)},
		"last": {p.Last, moment(5)},
	} {
		if got[0] != got[1] {
			t.Errorf("%s at %v, not %v", name, got[0], got[1])
		}
	}
	if ttft, ok := p.TTFT(); !ok || ttft != 2*time.Second || p.Chunks != 3 {
		t.Errorf("first token after %v, %d chunks", ttft, p.Chunks)
	}
	if n, estimated := p.Output(); n != 40 || estimated {
		t.Errorf("%d tokens, estimated: %v", n, estimated)
	}
	p.Usage = nil
	if n, estimated := p.Output(); n != 5 || !estimated {
		t.Errorf("%d tokens, estimated: %v", n, estimated)
	}
}

// Pieces with one stamp came in one chunk.
func TestProgressCountsChunksByTheirStamp(t *testing.T) {
	var p Progress
	for _, at := range []int{1, 1, 1, 2} {
		p.Fold(&Event{Kind: Tool, Name: "weather", Text: "{}", At: moment(at)})
	}
	if p.Chunks != 2 || p.Tokens.Quarters != 4*9 || p.First != moment(1) || p.FirstOut != moment(1) ||
		p.Last != moment(2) {
		t.Errorf("%+v", p)
	}
}

// A new attempt keeps nothing of the one before it except what belongs to the request.
func TestProgressResetsWithAnAttempt(t *testing.T) {
	p, late := progress(queued, first, headers, thought, metered, failed, waiting, second)
	want := Progress{
		Phase:    PhaseSent,
		Attempt:  2,
		Of:       3,
		Lane:     LaneBatch,
		Model:    "m",
		Endpoint: "b",
		Class:    ClassOverloaded,
		Queued:   moment(0),
		Since:    moment(7),
		Sent:     moment(7),
	}
	if late != 0 || p != want {
		t.Errorf("%d late, %+v", late, p)
	}
}

func TestProgressOfARetry(t *testing.T) {
	p, _ := progress(queued, first, thought, failed)
	if p.Phase != PhaseFailed || p.Reason != failed.Err.Error() || p.Class != ClassOverloaded || p.Since != moment(3) {
		t.Errorf("failed: %+v", p)
	}
	p, _ = progress(queued, first, thought, failed, waiting)
	if p.Phase != PhaseWaiting || p.Reason != "Retry-After" || p.Until != moment(99) || p.Since != moment(3) {
		t.Errorf("waiting: %+v", p)
	}
	if n, _ := p.Output(); n != 1 {
		t.Errorf("%d tokens of the attempt that failed", n)
	}
	held := waiting
	held.Cause = &WaitCause{Kind: WaitCooldown}
	p, _ = progress(queued, held)
	if p.Cause != held.Cause {
		t.Errorf("waiting for %+v", p.Cause)
	}
	if p, _ = progress(queued, held, failed); p.Cause != nil {
		t.Errorf("failed, and waiting for %+v", p.Cause)
	}
	p, _ = progress(queued, waiting)
	if p.Phase != PhaseWaiting || !p.Sent.IsZero() || p.Since != moment(1) {
		t.Errorf("held back before the first attempt: %+v", p)
	}
}

func TestProgressOfAFallback(t *testing.T) {
	p, _ := progress(queued, first, failed, fell)
	if p.Model != "n" || p.Reason != "503" || p.Fallback == nil ||
		*p.Fallback != (Fallback{From: "m", To: "n", Reason: "503"}) {
		t.Errorf("%+v", p)
	}
	p, _ = progress(queued, first, failed, fell, Event{Kind: Sent, Attempt: 2, Endpoint: "b"})
	if p.Model != "n" || p.Reason != "" || p.Fallback == nil || p.Endpoint != "b" {
		t.Errorf("sent: %+v", p)
	}
}

// Late events of a failed attempt, or after the end, change nothing.
func TestProgressDropsWhatIsLate(t *testing.T) {
	before, _ := progress(queued, first, thought, failed)
	after, late := progress(queued, first, thought, failed, text, headers, metered)
	if late != 3 || after != before {
		t.Errorf("after a failure: %d late, %+v", late, after)
	}
	for name, list := range map[string][]Event{
		"done":      {queued, first, text, done},
		"cancelled": {queued, waiting, done},
	} {
		before, _ := progress(list...)
		after, late := progress(append(list, text, metered, failed, waiting, fell, second, done)...)
		if late != 7 || after != before || after.Phase != PhaseEnded || !after.Until.IsZero() {
			t.Errorf("%s: %d late, %+v", name, late, after)
		}
	}
	if _, late := progress(queued, first, failed, second, text, headers, metered); late != 0 {
		t.Errorf("%d events of the next attempt are late", late)
	}
}

// An answer from our own cache comes without an attempt.
func TestProgressOfACachedAnswer(t *testing.T) {
	p, late := progress(queued, text)
	if _, ok := p.TTFT(); late != 0 || p.Phase != PhaseStreaming || p.Attempt != 0 || ok {
		t.Errorf("%d late, %+v", late, p)
	}
}

func TestFoldingATokenAllocatesNothing(t *testing.T) {
	p, _ := progress(queued, first)
	n := testing.AllocsPerRun(1000, func() {
		ev := text
		ev.At = p.Last.Add(time.Millisecond)
		p.Fold(&ev)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestLiveSpeed(t *testing.T) {
	for _, c := range []struct {
		tokens          int64
		first, last, at time.Time
		want            float64
	}{
		{21, moment(1), moment(3), moment(3), 10},
		{21, moment(1), moment(1).Add(20 * time.Millisecond), moment(3), 10},
		{21, moment(1), moment(1).Add(19 * time.Millisecond), moment(3), 0}, // all at once, and then nothing
		{21, moment(1), moment(1), moment(3), 0},
		{4, moment(1), moment(1).Add(300 * time.Millisecond), moment(1).Add(300 * time.Millisecond), 10},
		{4, moment(1), moment(1).Add(299 * time.Millisecond), moment(1).Add(299 * time.Millisecond), 0},
		{1, moment(1), moment(3), moment(3), 0},
		{21, time.Time{}, moment(3), moment(3), 0},
		{21, moment(3), moment(1), moment(1), 0},
	} {
		if v, ok := LiveSpeed(c.tokens, c.first, c.last, c.at); v != c.want || ok != (c.want > 0) {
			t.Errorf("%d tokens from %v to %v: %v, %t; want %v", c.tokens, c.first, c.at, v, ok, c.want)
		}
	}
}
