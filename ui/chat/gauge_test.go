package chat

import (
	"strings"
	"testing"

	"relaytop/relay"
)

// The gauge counts the draft, and warns even before the first message of a chat.
func TestTheGaugeCountsWhatIsWritten(t *testing.T) {
	small := func() []ModelChoice { return []ModelChoice{{ID: "gpt-4.1", Context: 4000}} }
	r := open(t, 80, 24)
	r.models.list = small
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "ctx 0 / 4.0k") || strings.Contains(got, "!") {
		t.Errorf("nothing is written:\n%s", got)
	}
	r.typed("hello there")
	if got := r.screen(); !strings.Contains(got, "no room for an answer of 4.1k tokens  alt+p lower max_tokens") ||
		!strings.Contains(got, "ctx ~") {
		t.Errorf("max_tokens is more than the window:\n%s", got)
	}
	r.snap.Chat.Params = relay.Params{}
	r.refresh()
	if got := r.screen(); strings.Contains(got, "no room") {
		t.Errorf("there is room:\n%s", got)
	}
	r.snap.Chat.ID, r.snap.Chat.Draft = "c5", strings.Repeat("many words ", 3000)
	r.refresh()
	if got := r.screen(); !strings.Contains(got, "the next message does not fit") {
		t.Errorf("no warning:\n%s", got)
	}
}
