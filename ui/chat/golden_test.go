package chat

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// update is the environment variable that rewrites the golden screens.
const update = "UPDATE_GOLDEN"

// question is a message of the user.
func question(id int64, s string) session.View {
	return session.View{ID: id, Role: relay.RoleUser, Text: s, Version: 1}
}

func ended(id int64, s string, status relay.Status) session.View {
	r := &relay.Result{Status: status, Requested: "gpt-4.1", Asked: "gpt-4.1", Model: "gpt-4.1", Endpoint: "sim",
		Usage:  &relay.Usage{Input: 1204, Cached: 896, Output: 58},
		Cost:   relay.Cost{Amount: 10_100_000_000, Source: relay.SourceSim},
		Timing: relay.Timing{Send: start, First: start.Add(410 * time.Millisecond), Last: start.Add(1345 * time.Millisecond)}}
	if status == relay.StatusOK {
		r.Finish = "stop"
	}
	return session.View{ID: id, Role: relay.RoleAssistant, Text: s, Version: 1, Since: start, Result: r}
}

func live(id int64, s string, phase session.Phase) session.View {
	v := session.View{ID: id, Role: relay.RoleAssistant, Text: s, Phase: phase, Since: start.Add(200 * time.Millisecond),
		Model: "gpt-4.1", Attempt: 1, Version: 1}
	if phase == session.Streaming {
		v.Sent, v.First, v.Out = start.Add(200*time.Millisecond), start.Add(580*time.Millisecond), 208
		v.Last = v.First.Add(time.Second)
		v.Cost = relay.Cost{Amount: 13_000_000_000, Source: relay.SourceSim, Estimated: true}
	}
	return v
}

const budget = "## One retry budget for everybody\n\nA limit per request is not enough: 50 workers with 3 " +
	"attempts each are still **150 calls** at the worst moment.\n\n" +
	"- a first attempt **earns** 0.2 of a retry\n- a retry **spends** 1, and fails fast when none is " +
	"left\n\n```go\ntype Budget struct { mu sync.Mutex; tokens float64 }\n\n" +
	"// Spend takes one retry, or says no at once.\nfunc (b *Budget) Spend() bool {\n\tb.mu.Lock()\n\tdefer " +
	"b.mu.Unlock()\n\tif b.tokens < 1 {\n\t\treturn false // fail fast\n\t}\n\tb.tokens--\n\treturn true\n}\n```\n\n" +
	"Call `Spend` before each retry, never before a first attempt. So retries add at most **20 %** to the load, " +
	"however long the relay is"

func scenes() map[string][]session.View {
	turn := []session.View{
		question(1, "A 429 says retry-after: 20. What should the other requests do?"),
		ended(2, "Those already streaming go on: the limit counts new requests. Hold **new** sends for 20 s, let one "+
			"probe through, then open up **slowly** instead of releasing the whole queue at once.", relay.StatusOK),
		question(3, "Good. Now cap the retries of the whole pool, in Go."),
	}
	with := func(v ...session.View) []session.View { return append(turn[:len(turn):len(turn)], v...) }
	failed := ended(4, "", relay.StatusFailed)
	failed.Result.Usage = nil
	failed.Result.Err = &relay.Error{Class: relay.ClassRateLimit, Status: 429,
		Message: "Rate limit reached for gpt-4.1\x1b[2J: 500 requests a minute"}
	retrying := live(4, "", session.Retrying)
	retrying.Until, retrying.Attempt = start.Add(7500*time.Millisecond), 2
	retrying.Cause = &relay.WaitCause{Kind: relay.WaitAsked, Endpoint: "sim", Status: 429, Class: relay.ClassRateLimit,
		Wait: 9 * time.Second}
	fell := ended(4, "Answered all the same.", relay.StatusOK)
	fell.Result.Model, fell.Result.Asked, fell.Result.Fallback = "deepseek-v3.2", "deepseek-v3.2",
		&relay.Fallback{From: "gpt-4.1", To: "deepseek-v3.2", Reason: "retry-after 90"}
	fell.Result.Attempts = []relay.Attempt{{Model: "gpt-4.1", Class: relay.ClassRateLimit},
		{Model: "gpt-4.1", Class: relay.ClassRateLimit}, {Model: "deepseek-v3.2"}}
	fell.Sibling, fell.Siblings = 2, 3
	return map[string][]session.View{
		"empty":     nil,
		"waiting":   with(live(4, "", session.Waiting)),
		"streaming": with(live(4, budget, session.Streaming)),
		"ended":     with(ended(4, budget+" down.", relay.StatusOK)),
		"failed":    with(failed),
		"truncated": with(ended(4, budget, relay.StatusTruncated)),
		"retrying":  with(retrying),
		"fallback":  with(fell),
	}
}

// TestScreens compares whole screens, at the inner sizes of the pane in terminals of 80x24, 120x36 and 160x45.
func TestScreens(t *testing.T) {
	for name, views := range scenes() {
		for _, size := range [][2]int{{78, 20}, {59, 32}, {80, 41}} {
			file := fmt.Sprintf("%s-%dx%d.txt", name, size[0], size[1])
			t.Run(file, func(t *testing.T) {
				r := open(t, size[0], size[1], views...)
				if name == "streaming" {
					r.snap.Chat.Queued = []string{"And how would I test that?"}
					r.snap.Chat.Tokens, r.snap.Chat.TokensEst = 3900, true
					r.refresh()
					r.typed("Then show me the metric that proves it")
				}
				got := r.screen()
				path := filepath.Join("testdata", file)
				if os.Getenv(update) != "" {
					if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s differs; got\n%s", file, got)
				}
				if strings.ContainsRune(got, '\x1b') {
					t.Error("an escape character came through")
				}
			})
		}
	}
}
