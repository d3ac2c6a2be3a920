package transcript

import (
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// flat is a text without blanks, so that it is found wherever it was wrapped.
func flat(s string) string { return strings.Join(strings.Fields(s), "") }

func TestReasonsAreNotCut(t *testing.T) {
	retry := live(2, "", session.Retrying)
	retry.Until, retry.Attempt = start.Add(11*time.Second), 2
	retry.Cause = &relay.WaitCause{Kind: relay.WaitAsked, Endpoint: "holysheep", Status: 429, Class: relay.ClassRateLimit,
		Wait: 8 * time.Second, From: "x-ratelimit-reset"}
	failed := ended(2, "", relay.StatusFailed)
	failed.Result.Err = &relay.Error{Class: relay.ClassNetwork,
		Message: "dial tcp 127.0.0.1:9999: connect: connection refused by the host that answers there"}
	for w, lines := range map[int]int{59: 3, 78: 3, 40: 5} {
		for want, v := range map[string]session.View{
			"retry in 7 s · holysheep: 429 rate_limit, it asked for 8 s (x-ratelimit-reset) · gpt-4.1 · attempt 2": retry,
			"failed network dial tcp 127.0.0.1:9999: connect: connection refused by the host that answers there → the " +
				"relay could not be reached: check the base URL and the network": failed,
		} {
			r := open(t, w, 24, question(1, "hi"), v)
			if got := flat(r.screen()); !strings.Contains(got, flat(want)) {
				t.Errorf("%d wide:\n%s", w, r.screen())
			}
			if n := len(r.list.entry(1).tail); n > lines+5 { // the last is what becomes of the question
				t.Errorf("%d wide: %d lines", w, n)
			}
		}
	}
	r := open(t, 40, 10, question(1, "hi"), retry)
	if n := len(r.list.entry(0).tail); r.screen() == "" || n > 1 {
		t.Errorf("%d lines in a pane without room", n)
	}
}

// TestAFailedQuestionIsMarked: it is not sent along with later ones. One whose answer has text is.
func TestAFailedQuestionIsMarked(t *testing.T) {
	for _, c := range []struct {
		text   string
		status relay.Status
		marked bool
	}{
		{"", relay.StatusFailed, true}, {"", relay.StatusCancelled, true}, {"some text", relay.StatusFailed, false},
		{"some text", relay.StatusTruncated, false}, {"some text", relay.StatusOK, false}, {"", relay.StatusLength, false},
	} {
		screen := open(t, 78, 24, question(1, "hi"), ended(2, c.text, c.status)).screen()
		if strings.Contains(screen, "not sent along with later ones") != c.marked {
			t.Errorf("%q, %s:\n%s", c.text, c.status, screen)
		}
	}
}

func TestAFallbackIsShown(t *testing.T) {
	v := ended(2, "hello", relay.StatusOK)
	v.Result.Model, v.Result.Asked = "deepseek-v3.2", "deepseek-v3.2"
	v.Result.Fallback = &relay.Fallback{From: "gpt-4.1", To: "deepseek-v3.2", Reason: "429 rate_limit"}
	v.Result.Attempts = []relay.Attempt{{N: 1, Model: "gpt-4.1", Class: relay.ClassRateLimit},
		{N: 2, Model: "deepseek-v3.2"}}
	for _, w := range []int{50, 59, 78, 116, 156} {
		r := open(t, w, 24, question(1, "hi"), v)
		for _, want := range []string{"gpt-4.1 failed (429 rate_limit), answered by deepseek-v3.2", "2 attempts", "stop"} {
			if got := flat(r.screen()); !strings.Contains(got, flat(want)) {
				t.Errorf("%d wide, no %q:\n%s", w, want, r.screen())
			}
		}
	}
	v.Result.Attempts = v.Result.Attempts[1:]
	if got := fell(v.Result); got != "gpt-4.1 was not asked (429 rate_limit), answered by deepseek-v3.2" {
		t.Error(got)
	}
}

func TestAnAnswerThatIsHeldBackSaysSo(t *testing.T) {
	v := live(2, "", session.Retrying)
	v.Attempt, v.Until = 0, start.Add(11*time.Second)
	v.Cause = &relay.WaitCause{Kind: relay.WaitLimit, Endpoint: "relay", What: "requests", N: 30}
	if r := open(t, 78, 24, question(1, "hi"), v); !strings.Contains(r.screen(), "sent in 7 s · our own limit of 30") {
		t.Errorf("\n%s", r.screen())
	}
	v.Until, v.Cause = time.Time{}, &relay.WaitCause{Kind: relay.WaitInFlight, Endpoint: "relay", N: 10, Of: 10}
	if r := open(t, 78, 24, question(1, "hi"), v); !strings.Contains(r.screen(), "held back · relay: 10 of 10") {
		t.Errorf("\n%s", r.screen())
	}
}

func TestALongReasonEnds(t *testing.T) {
	failed := ended(2, "", relay.StatusFailed)
	failed.Result.Err = &relay.Error{Class: relay.ClassUpstream, Status: 502,
		Message: strings.Repeat("no more of it ", 100)}
	r := open(t, 60, 24, question(1, "hi"), failed)
	if got := r.screen(); strings.Count(got, "no more") > 3*60/14 || !strings.Contains(got, "…") {
		t.Errorf("a reason without end:\n%s", got)
	}
}

func TestAWaitIsShownOnce(t *testing.T) {
	v := live(2, "", session.Retrying)
	v.Attempt, v.Of, v.Until = 2, 3, start.Add(11*time.Second)
	v.Cause = &relay.WaitCause{Kind: relay.WaitBackoff, Endpoint: "sim", Status: 500, Class: relay.ClassUpstream,
		Wait: 8 * time.Second, Attempt: 3}
	r := open(t, 78, 24, question(1, "hi"), v)
	if !strings.Contains(r.screen(), "retry in 7 s · sim: 500 upstream · gpt-4.1 · attempt 2 of 3") {
		t.Errorf("\n%s", r.screen())
	}
}

func TestNoAdviceToSetAFallbackThatWasTried(t *testing.T) {
	two := []relay.Attempt{{N: 1, Model: "a"}, {N: 2, Model: "b"}}
	for _, class := range relay.Classes() {
		r := &relay.Result{Status: relay.StatusFailed, Err: &relay.Error{Class: class}, Attempts: two[:1]}
		if got := advice(r); got != class.Advice() {
			t.Errorf("%s, one model: %q", class, got)
		}
		for _, r := range []*relay.Result{{Err: r.Err, Attempts: two}, {Err: r.Err, Fallback: &relay.Fallback{}}} {
			if got := advice(r); strings.Contains(got, "fallback") || got == "" {
				t.Errorf("%s, after a fallback: %q", class, got)
			}
		}
	}
	limited := &relay.Result{Err: &relay.Error{Class: relay.ClassRateLimit}, Attempts: two}
	if got := advice(limited); got != "wait, or lower the concurrency" {
		t.Errorf("advises %q", got)
	}
}

func TestFastRelaysHaveATTFT(t *testing.T) {
	v := ended(2, "hello", relay.StatusOK)
	v.Result.Timing.First = v.Result.Timing.Send.Add(3 * time.Millisecond)
	if got, _ := resultFacts(open(t, 80, 24).look.Styles, v.Result, full, false); !slices.Contains(got, "TTFT 3 ms") {
		t.Errorf("facts %q", got)
	}
}
