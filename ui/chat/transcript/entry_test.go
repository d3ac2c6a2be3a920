package transcript

import (
	"strconv"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/session"
)

func TestToolCallsAreShownAndNotRun(t *testing.T) {
	v := ended(2, "I will look.", relay.StatusOK)
	v.Tools = []relay.ToolCall{
		{Name: "get_\x1b[2Jweather", Arguments: `{"city":"Hà Nội","days":3,"note":"a longer value"}`},
		{Name: "stop", Arguments: "not json \x1b]0;x\a"},
	}
	r := open(t, 80, 30, question(1, "hi"), v)
	got := r.screen()
	for _, want := range []string{"get_␛[2Jweather", "tool call, not run", "  \"city\": \"Hà Nội\",\n",
		"  \"days\": 3,\n", "not json ␛]0;x␇"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q:\n%s", want, got)
		}
	}
}

// Every bad end of an answer is explained, with the keys that help.
func TestEveryEndIsExplained(t *testing.T) {
	with := func(status relay.Status, code string) session.View {
		v := ended(2, "some text", status)
		v.Result.Err = &relay.Error{Class: relay.ClassCancelled, Code: code}
		return v
	}
	lost := live(2, "some text", session.Ended)
	lost.Result, lost.Partial = nil, true
	loop := ended(2, "la la", relay.StatusTruncated)
	loop.Result.Finish = "repetition"
	odd := ended(2, "some text", relay.StatusIncomplete)
	odd.Result.Finish = "repetition\x1b[31m penalty"
	for _, tt := range []struct {
		name string
		v    session.View
		want []string
	}{
		{"stopped", with(relay.StatusCancelled, ""),
			[]string{"cancelled: you stopped it, what had come is kept", "c continue"}},
		{"program ended", with(relay.StatusCancelled, relay.CodeEnded),
			[]string{"unfinished: relaytop ended before the answer did, what had come is kept", "c continue"}},
		{"killed", lost, []string{"unfinished: the program ended before the answer did", "c continue", "r again"}},
		{"cut", ended(2, "some text", relay.StatusTruncated),
			[]string{"truncated: the stream broke off before its end", "c continue"}},
		{"length", ended(2, "some text", relay.StatusLength), []string{"length: a limit was reached", "c continue"}},
		{"broken off", loop, []string{`truncated: the provider broke it off with "repetition"`, "c continue", "r again"}},
		{"an unknown word", odd, []string{`incomplete: it ended with "repetition␛[31m penalty"`, "c continue", "r again"}},
		{"filtered", ended(2, "some text", relay.StatusFiltered),
			[]string{"filtered: the provider cut this answer", "e edit the question"}},
	} {
		r := open(t, 100, 24, question(1, "hi"), tt.v)
		for _, want := range tt.want {
			if got := r.screen(); !strings.Contains(got, want) {
				t.Errorf("%s: no %q:\n%s", tt.name, want, got)
			}
		}
	}
	empty := ended(2, "", relay.StatusCancelled)
	r := open(t, 100, 24, question(1, "hi"), empty)
	if got := r.screen(); !strings.Contains(got, "you stopped it, and nothing had come") ||
		strings.Contains(got, "c continue") {
		t.Errorf("nothing came:\n%s", got)
	}
}

func TestNothingOffTheScreenIsDrawn(t *testing.T) {
	var views []session.View
	for i := range 400 {
		views = append(views, question(int64(2*i+1), "question "+strconv.Itoa(i)),
			ended(int64(2*i+2), strings.Repeat("answer ", 100), relay.StatusOK))
	}
	r := open(t, 80, 24, views...)
	if s := r.screen(); !strings.Contains(s, "↑ ~") {
		t.Errorf("the count above is not marked as a guess:\n%s", s)
	}
	if n := len(r.list.drawn); n > 120 {
		t.Errorf("%d of 800 messages were drawn", n)
	}
}
