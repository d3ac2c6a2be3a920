package chat

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/overlay"
)

// The keys that are shown below a failed answer work.
func TestTheKeysOfAFailureWork(t *testing.T) {
	bad := ended(2, "", relay.StatusFailed)
	bad.Result.Err = &relay.Error{Class: relay.ClassUpstream, Message: "boom"}
	r := open(t, 80, 24, question(1, "hi"), bad)
	if got := r.screen(); !strings.Contains(got, "enter all of it   esc then r again") {
		t.Errorf("while writing:\n%s", got)
	}
	if !hasDialog(r.press("enter")) {
		t.Error("enter in an empty composer does not show the details")
	}
	r.press("esc")
	if got := r.screen(); !strings.Contains(got, "enter all of it   r again   I inspect") {
		t.Errorf("while reading:\n%s", got)
	}
	if !hasDialog(r.press("enter")) {
		t.Error("enter does not show the details")
	}
	r.press("r")
	if !slices.Contains(r.store.did, "regenerate") {
		t.Errorf("did %q", r.store.did)
	}
	r.press("i")
	r.typed("more")
	if r.press("enter"); r.store.did[len(r.store.did)-1] != "ask c1 more" {
		t.Errorf("what is written is not sent: %q", r.store.did)
	}
}

func hasDialog(msgs []tea.Msg) bool {
	return slices.ContainsFunc(msgs, func(m tea.Msg) bool { _, ok := m.(overlay.OpenMsg); return ok })
}

// TestSendNow: what our own limits hold back can be sent by a key; what the relay asked for can't.
func TestSendNow(t *testing.T) {
	for _, tt := range []struct {
		cause relay.WaitCause
		on    bool
	}{
		{relay.WaitCause{Kind: relay.WaitLimit, Endpoint: "relay", What: "tokens", N: 100_000, Setting: "tpm"}, true},
		{relay.WaitCause{Kind: relay.WaitInFlight, Endpoint: "relay", N: 9, Of: 9, Setting: "concurrency"}, true},
		{relay.WaitCause{Kind: relay.WaitInFlight, Endpoint: "relay", N: 4, Of: 4}, false},
		{relay.WaitCause{Kind: relay.WaitUsedUp, Endpoint: "relay", What: "tokens"}, false},
		{relay.WaitCause{Kind: relay.WaitAsked, Endpoint: "relay", Status: 429, Class: relay.ClassRateLimit}, false},
	} {
		v := live(2, "", session.Retrying)
		v.Until, v.Attempt, v.Cause = start.Add(30*time.Second), 0, &tt.cause
		r := open(t, 120, 24, question(1, "hi"), v)
		r.press("alt+g")
		if got := slices.Contains(r.store.did, "now c1"); got != tt.on {
			t.Errorf("%+v: did %q", tt.cause, r.store.did)
		}
		if got := r.screen(); tt.cause.Setting == "tpm" && !strings.Contains(got, "tpm = 100000") {
			t.Errorf("the setting is not named:\n%s", got)
		}
	}
}
