package chat

import (
	"strings"
	"testing"

	"relaytop/relay"
)

func TestLimitWarning(t *testing.T) {
	free := relay.Allowance{ChatRequests: -1, ChatTokens: -1}
	requests := relay.Allowance{RequestsMax: 20, ChatRequests: 0, ChatTokens: -1, RequestsSetting: "rpm"}
	tokens := relay.Allowance{ChatRequests: 5, TokensMax: 9000, ChatTokens: 1000, TokensSetting: "tpm"}
	out := requests
	out.Out = relay.ClassAuth
	for _, c := range []struct {
		limits []relay.Allowance
		tokens int64
		want   string // a part; "": no warning
	}{
		{nil, 10, ""},
		{[]relay.Allowance{free}, 1e6, ""},
		{[]relay.Allowance{requests}, 10, "20 requests a minute is used (rpm = 20)"},
		{[]relay.Allowance{requests, free}, 10, ""},
		{[]relay.Allowance{out}, 10, ""},
		{[]relay.Allowance{out, tokens}, 2000, "1.0k are left (tpm = 9000)"},
		{[]relay.Allowance{tokens}, 500, ""},
		// It is above the limit as a whole, and waits no longer than others.
		{[]relay.Allowance{{ChatTokens: 9000, TokensMax: 9000, ChatRequests: -1}}, 20_000, ""},
	} {
		got := limitWarning(c.limits, c.tokens)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%d tokens: %q, want %q", c.tokens, got, c.want)
		}
	}
}

func TestTheComposerWarnsOfALimit(t *testing.T) {
	r := open(t, 100, 24)
	r.snap.Limits = []relay.Allowance{{RequestsMax: 20, ChatTokens: -1, RequestsSetting: "rpm"}}
	r.refresh()
	if got := r.screen(); strings.Contains(got, "will wait") {
		t.Errorf("nothing is written:\n%s", got)
	}
	r.typed("hello")
	if got := r.screen(); !strings.Contains(got, "this message will wait") {
		t.Errorf("no warning:\n%s", got)
	}
}
