package chat

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
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
