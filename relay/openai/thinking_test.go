package openai

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// heard folds the text events of an answer, as a screen does.
type heard struct{ text, reasoning string }

func (h *heard) sink(e relay.Event) {
	switch e.Kind {
	case relay.Text:
		h.text += e.Text
	case relay.Reasoning:
		h.reasoning += e.Text
	case relay.Reread:
		h.text, h.reasoning = e.Text, e.Reason
	}
}

// chunked is a stream of content in pieces of n bytes, which end with a finish_reason.
func chunked(text string, n int) string {
	var list []string
	for len(text) > 0 {
		k := min(n, len(text))
		list, text = append(list, content(text[:k])), text[k:]
	}
	return events(append(list, finish("stop"), usageChunk, "[DONE]")...)
}

// TestReasoningInContent: over any border of chunks and as plain JSON, what the events amount to is what the reply
// has, and what the journal would keep.
func TestReasoningInContent(t *testing.T) {
	for text, want := range map[string]struct {
		heard
		status relay.Status
	}{
		"<think>\nThe user asks. I should answer 4.\n</think>\n\nThe answer is **4**.\n": {
			heard{"The answer is **4**.\n", "The user asks. I should answer 4."}, "ok"},
		"I should answer 4.\n</think>\n\nThe answer is **4**.": {heard{"The answer is **4**.", "I should answer 4."}, "ok"},
		"<thinking>hm</thinking>x":                             {heard{"x", "hm"}, "ok"},
		"<think>\n\n</think>\n\nx":                             {heard{"x", ""}, "ok"},
		"<think>never closed":                                  {heard{"<think>never closed", ""}, "ok"},
		"<think>hm</think>":                                    {heard{"", "hm"}, "empty"},
		"hm</think>":                                           {heard{"", "hm"}, "empty"},
		"a < b":                                                {heard{"a < b", ""}, "ok"},
		"ends with <":                                          {heard{"ends with <", ""}, "ok"},
		"`</think>` and `<think>` are tags":                    {heard{"`</think>` and `<think>` are tags", ""}, "ok"},
		"<think>`</think>`?</think>`<think>`":                  {heard{"`<think>`", "`</think>`?"}, "ok"},
	} {
		for _, n := range []int{1, 2, 3, 7, 1000} {
			var h heard
			s := serve(t, false, func(int) string { return response(200, streamType, chunked(text, n)) })
			r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), h.sink)
			if got := (heard{r.Text, r.Reasoning}); got != want.heard || r.Status != want.status || h != got {
				t.Errorf("%q by %d: %s %q, heard %q, %v", text, n, r.Status, got, h, r.Err)
			}
		}
		quoted, _ := json.Marshal(text)
		var h heard
		s := serve(t, false, func(int) string {
			return response(200, "", `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","content":`+string(quoted)+
				`},"finish_reason":"stop"}],"x":[1, 2]}`)
		})
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), h.sink)
		if got := (heard{r.Text, r.Reasoning}); got != want.heard || r.Status != want.status || h != got {
			t.Errorf("%q, plain: %s %q, heard %q, %v", text, r.Status, got, h, r.Err)
		}
		var raw struct {
			ID      string
			Choices []struct {
				Message struct {
					Role, Content string
					Reasoning     string `json:"reasoning_content"`
				}
			}
			X []int
		}
		if err := json.Unmarshal(r.Raw, &raw); err != nil || raw.Choices[0].Message.Content != want.text ||
			raw.Choices[0].Message.Reasoning != want.reasoning || raw.ID != "c" || len(raw.X) != 2 {
			t.Errorf("%q, raw: %s, %v", text, r.Raw, err)
		}
	}
}

// TestReasoningThatBreaksOff is not an answer: it may be asked for again.
func TestReasoningThatBreaksOff(t *testing.T) {
	s := serve(t, false, func(int) string {
		return "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n" + streamType + "\r\n" + events(content("<think>hm"))
	})
	r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusFailed || r.Visible || r.Text != "" || r.Reasoning != "hm" {
		t.Errorf("%s, visible %v, %q %q", r.Status, r.Visible, r.Text, r.Reasoning)
	}
	for _, finish := range []string{"length", "stop"} {
		r = sent(t, streamType, events(content("<think>hm"), piece("", finish), "[DONE]"))
		if r.Text != "<think>hm" || r.Reasoning != "" || string(r.Status) != strings.Replace(finish, "stop", "ok", 1) {
			t.Errorf("%s: %s %q %q", finish, r.Status, r.Text, r.Reasoning)
		}
	}
}

// TestStampsOfReasoningInContent: a chunk a second.
func TestStampsOfReasoningInContent(t *testing.T) {
	for name, c := range map[string]struct {
		pieces          []string
		first, out      int
		last, fold, all int // the last token; the first that is text, by the events; chunks
	}{
		"tags":             {[]string{"<think>", "hm", "</think>", "\n\n", "x", "y"}, 1, 5, 6, 5, 5},
		"only the closing": {[]string{"hm", "hm", "</think>", "x"}, 1, 4, 4, 4, 4},
		"never closed":     {[]string{"<think>", "hm", "hm"}, 1, 1, 3, 1, 3},
		"a held <":         {[]string{"<", "b", ">"}, 1, 1, 3, 1, 3},
		"a held blank":     {[]string{" ", "b"}, 1, 1, 2, 1, 2},
		"a < at the end":   {[]string{"b", "<"}, 1, 1, 2, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var steps []string
				for _, p := range c.pieces {
					steps = append(steps, "1", content(p))
				}
				cl := scripted(t, nil, append(steps, "1", finish("stop"), usageChunk, "[DONE]"))
				begun := time.Now()
				var p relay.Progress
				r := cl.Send(context.Background(), ask(), func(e relay.Event) { p.Fold(&e) })
				after := func(at time.Time) int { return int(at.Sub(begun) / time.Second) }
				tm := r.Timing
				if after(tm.First) != c.first || after(tm.FirstOut) != c.out || after(tm.Last) != c.last || tm.Chunks != c.all {
					t.Errorf("first %d, out %d, last %d, %d chunks", after(tm.First), after(tm.FirstOut), after(tm.Last), tm.Chunks)
				}
				if after(p.First) != c.first || after(p.FirstOut) != c.fold || after(p.Last) != c.last {
					t.Errorf("folded: first %d, out %d, last %d", after(p.First), after(p.FirstOut), after(p.Last))
				}
			})
		})
	}
}

// TestTheTemplateIsRemembered: once a model closed reasoning that it never opened, its content is reasoning from the
// beginning, until an answer is none.
func TestTheTemplateIsRemembered(t *testing.T) {
	answers := []string{"hm</think>x", "hm</think>x", "no reasoning", "no reasoning"}
	s := serve(t, false, func(n int) string { return response(200, streamType, chunked(answers[n], 4)) })
	store := &memoryStore{}
	for n, want := range []struct {
		heard
		texts   int // Text events that came before a Reread
		learned string
	}{
		{heard{"x", "hm"}, 1, "closes its reasoning"},
		{heard{"x", "hm"}, 0, ""},
		{heard{"no reasoning", ""}, 0, "no tag"},
		{heard{"no reasoning", ""}, 0, ""},
	} {
		var h heard
		texts, early, learned := 0, 0, ""
		c := client(t, relay.Endpoint{BaseURL: s.url}, Options{Store: store})
		c.Send(t.Context(), ask(), func(e relay.Event) {
			h.sink(e)
			switch e.Kind {
			case relay.Text:
				texts++
			case relay.Reread:
				early = texts
			case relay.Quirk:
				learned += e.Reason
			}
		})
		if h != want.heard || early != want.texts || !strings.Contains(learned, want.learned) ||
			learned != "" && want.learned == "" {
			t.Errorf("%d: %q, %d pieces taken back, learned %q", n, h, early, learned)
		}
	}
}
