package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/ui/text"
)

func TestCostObject(t *testing.T) {
	for name, c := range map[string]struct {
		cost relay.Cost
		want string
	}{
		"known": {relay.Cost{Amount: relay.USD, Source: relay.SourceUser},
			`{"usd":"1.000000","source":"user"}`},
		"estimated by a list": {relay.Cost{Amount: relay.USD, Source: relay.SourceUser, Estimated: true},
			`{"usd":"1.000000","source":"estimated"}`},
		"simulated, estimated": {relay.Cost{Amount: relay.USD, Source: relay.SourceSim, Estimated: true},
			`{"usd":"1.000000","source":"sim"}`},
		"unknown": {relay.Cost{Source: relay.SourceUnknown}, `{"usd":null,"source":"unknown"}`},
		"unknown but for a part": {relay.Cost{Source: relay.SourceUnknown, Part: relay.USD / 2},
			`{"usd":null,"source":"unknown","known_usd":"0.500000"}`},
	} {
		if got, err := json.Marshal(chatOf(&relay.Result{Cost: c.cost}).Cost); err != nil || string(got) != c.want {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

func TestChatObject(t *testing.T) {
	sent := time.Now()
	o := chatOf(&relay.Result{Refusal: "No.",
		Attempts: []relay.Attempt{{Timing: relay.Timing{Send: sent, Done: sent.Add(1500 * time.Millisecond)}}, {}}})
	if o.Refusal != "No." || o.Attempts[0].E2EMS != nil || o.Attempts[0].TookMS == nil ||
		*o.Attempts[0].TookMS != 1500 || o.Attempts[1].TookMS != nil {
		t.Errorf("%+v", o)
	}
}

func TestJSONOnATerminal(t *testing.T) {
	const says = "a\u009b31m\u202eb\x7f\U000e0041 é漢"
	for _, terminal := range []bool{false, true} {
		var b strings.Builder
		if err := writeJSON(&b, terminal, says); err != nil {
			t.Fatal(err)
		}
		if raw := strings.ContainsAny(b.String(), "\u009b\u202e\x7f\U000e0041"); raw == terminal {
			t.Errorf("terminal %v: %q", terminal, b.String())
		}
		var back string
		if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back != says {
			t.Errorf("terminal %v: %q %v", terminal, back, err)
		}
	}
}

// TestEndOfText: the output of a turn ends with a line break.
func TestEndOfText(t *testing.T) {
	for name, c := range map[string]struct {
		r    relay.Result
		want string
	}{
		"text":             {relay.Result{Text: "a"}, "\n"},
		"text with an end": {relay.Result{Text: "a\n"}, ""},
		"a refusal":        {relay.Result{Refusal: "No."}, "\n"},
		"tool calls": {relay.Result{Tools: []relay.ToolCall{{Name: "f", Arguments: `{"a":1}`}, {Name: "g"}}},
			"f({\"a\":1})\ng()\n"},
		"text and a call": {relay.Result{Text: "a", Tools: []relay.ToolCall{{Name: "f"}}}, "\nf()\n"},
		"nothing":         {relay.Result{}, ""},
	} {
		var b strings.Builder
		if err := endOfText(text.NewPlain(&b, false), &c.r); err != nil || b.String() != c.want {
			t.Errorf("%s: %q %v", name, b.String(), err)
		}
	}
}
