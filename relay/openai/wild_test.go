package openai

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

func sent(t *testing.T, header, body string) relay.Reply {
	t.Helper()
	s := serve(t, false, func(int) string { return response(200, header, body) })
	return client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
}

// TestTextsInTheWild: shapes in which relays send their text, and what is read from them.
func TestTextsInTheWild(t *testing.T) {
	stop := events(finish("stop"), "[DONE]")
	choice := func(index int, d, reason string) string {
		return fmt.Sprintf(`{"choices":[{"index":%d,"delta":%s,"finish_reason":%s}]}`, index, d, reason)
	}
	for name, c := range map[string]struct {
		body, text, reasoning string
		status                relay.Status
	}{
		"half a pair": {events(delta(`{"content":"a\ud83d"}`), delta(`{"content":"\ude00b"}`)) + stop,
			"a😀b", "", "ok"},
		"half a pair of reasoning": {events(delta(`{"reasoning":"\ud83d"}`), delta(`{"reasoning":"\ude00"}`),
			content("x")) + stop, "x", "😀", "ok"},
		"half a pair and no more":    {events(delta(`{"content":"a\ud83d"}`)) + stop, "a\ufffd", "", "ok"},
		"half a pair, then a letter": {events(delta(`{"content":"a\ud83d"}`), content("b")) + stop, "a\ufffdb", "", "ok"},
		"a second half alone":        {events(delta(`{"content":"\ude00b"}`)) + stop, "\ufffdb", "", "ok"},
		"a backslash, no half": {events(delta(`{"content":"a\\ud83d"}`), delta(`{"content":"b"}`)) + stop,
			`a\ud83db`, "", "ok"},
		"parts that are reasoning": {
			events(delta(`{"content":[{"type":"reasoning","text":"hm"},{"type":"text","text":"x"}]}`)) + stop, "x", "hm", "ok"},
		"a text with a value": {events(delta(`{"content":[{"type":"text","text":{"value":"x"}}]}`)) + stop,
			"x", "", "ok"},
		"only the second choice": {events(choice(1, `{"content":"x"}`, "null"),
			choice(1, `{"content":"y"}`, `"stop"`)), "xy", "", "ok"},
		"two choices": {events(choice(0, `{"content":"x"}`, "null"), choice(1, `{"content":"n"}`, `"stop"`),
			choice(0, `{"content":"y"}`, `"stop"`)), "xy", "", "ok"},
		"two choices, the other first": {events(choice(1, `{"content":"x"}`, "null"), choice(0, `{"content":"n"}`, `"stop"`),
			choice(1, `{"content":"y"}`, `"stop"`)), "xy", "", "ok"},
		"only zero width": {events(content("\u200b\u200d\ufeff\u2060 ")) + stop, "\u200b\u200d\ufeff\u2060 ",
			"", "empty"},
		"finish timeout":          {events(content("x"), finish("timeout"), "[DONE]"), "x", "", "truncated"},
		"finish cancelled":        {events(content("x"), finish("cancelled"), "[DONE]"), "x", "", "truncated"},
		"finish timeout, no text": {events(finish("timeout"), "[DONE]"), "", "", "failed"},
	} {
		r := sent(t, streamType, c.body)
		if r.Status != c.status || r.Text != c.text || r.Reasoning != c.reasoning {
			t.Errorf("%s: %s %q %q %v", name, r.Status, r.Text, r.Reasoning, r.Err)
		}
	}
}

func TestErrorsInTheWild(t *testing.T) {
	for body, want := range map[string]struct {
		class relay.Class
		says  string
	}{
		`{"errors":[{"message":"cloudflare","code":7003}],"success":false}`: {relay.ClassUpstream, "cloudflare"},
		`{"error":{}}`:                    {relay.ClassUpstream, "an error without a message"},
		`{"error":""}`:                    {relay.ClassUpstream, "an error without a message"},
		`{"error":"","detail":"no luck"}`: {relay.ClassUpstream, "no luck"},
		`[]`:                              {relay.ClassProtocol, "empty list"},
		`[{"message":"no luck"}]`:         {relay.ClassUpstream, "no luck"},
	} {
		for header, body := range map[string]string{"": body, streamType: events(body)} {
			if header != "" && body[6] == '[' {
				continue
			}
			r := sent(t, header, body)
			if r.Status != relay.StatusFailed || r.Err.Class != want.class || !strings.Contains(r.Err.Message, want.says) {
				t.Errorf("%s: %s %v", body, r.Status, r.Err)
			}
		}
	}
}

func TestToolCallsOfOneIndex(t *testing.T) {
	call := func(id, name, args string) string {
		return delta(`{"tool_calls":[{"index":0,"id":"` + id + `","function":{"name":"` + name + `","arguments":"` +
			args + `"}}]}`)
	}
	r := sent(t, streamType, events(call("a", "f", "1"), call("", "", "2"), call("b", "g", "3"), call("b", "", "4"),
		finish("tool_calls"), "[DONE]"))
	if len(r.Tools) != 2 || r.Tools[0] != (relay.ToolCall{ID: "a", Name: "f", Arguments: "12"}) ||
		r.Tools[1] != (relay.ToolCall{ID: "b", Name: "g", Arguments: "34"}) {
		t.Errorf("%+v", r.Tools)
	}
	var many []string
	for i := range maxCalls + 1 {
		many = append(many, call(fmt.Sprint("id", i), "f", ""))
	}
	r = sent(t, streamType, events(append(many, finish("tool_calls"), "[DONE]")...))
	if r.Status != relay.StatusTruncated || len(r.Tools) != maxCalls || !strings.Contains(r.Err.Message, "tool calls") {
		t.Errorf("%s %d %v", r.Status, len(r.Tools), r.Err)
	}
}

// TestNamesAreOneShortLine: the relay chooses the names of model and finish_reason, and they are shown within our
// own lines.
func TestNamesAreOneShortLine(t *testing.T) {
	long := "m\\nx " + strings.Repeat("é", 500)
	r := sent(t, streamType, events(`{"id":"`+long+`","model":"`+long+`","choices":[{"index":0,`+
		`"delta":{"content":"x"},"finish_reason":"`+long+`"}]}`))
	for _, s := range []string{r.Model, r.Finish, r.Remote} {
		if strings.Contains(s, "\n") || len(s) > 200+len("…") || !strings.HasPrefix(s, "m x é") {
			t.Errorf("%q", s)
		}
	}
}

// TestTheTextOfOneAnswerIsBounded: what came before the bound is kept.
func TestTheTextOfOneAnswerIsBounded(t *testing.T) {
	piece := events(content(strings.Repeat("x", 8<<20)))
	r := sent(t, streamType, strings.Repeat(piece, 9)+events(finish("stop"), "[DONE]"))
	if r.Status != relay.StatusTruncated || len(r.Text) != maxText || !strings.Contains(r.Err.Message, "16 MiB") {
		t.Errorf("%s %d %v", r.Status, len(r.Text), r.Err)
	}
}

func TestStreamsInTheWild(t *testing.T) {
	one := strings.ReplaceAll(events(content("a"), content("b"), finish("stop"), usageChunk, "[DONE]"), "\n\n", "\n")
	for name, body := range map[string]string{
		"a single LF between events": one,
		"a heartbeat in plain text": "event: heartbeat\ndata: still there\n\n" +
			events(content("a"), content("b"), finish("stop"), usageChunk, "[DONE]"),
		"a heartbeat in JSON": "event: ping\n" +
			events(`{"message":"alive"}`, content("a"), content("b"), finish("stop"), usageChunk, "[DONE]"),
		"usage after DONE": events(content("a"), content("b"), finish("stop"), "[DONE]", usageChunk),
		"an unknown event in plain text": events(content("a")) + "event: status\ndata: 3 of 4\n\n" +
			events(content("b"), finish("stop"), usageChunk, "[DONE]"),
	} {
		if r := sent(t, streamType, body); r.Status != relay.StatusOK || r.Text != "ab" || r.Usage == nil ||
			r.Usage.Output != 3 || r.Usage.Estimated {
			t.Errorf("%s: %s %q %+v %v", name, r.Status, r.Text, r.Usage, r.Err)
		}
	}
}

// TestDONEWithoutItsBlankLine ends the answer at once, also on a connection that stays open.
func TestDONEWithoutItsBlankLine(t *testing.T) {
	for _, end := range []string{"data: [DONE]", "data: [DONE]\n"} {
		s := serve(t, true, func(int) string {
			return response(200, streamType, events(content("a"), finish("stop"), usageChunk)+end)
		})
		began := time.Now()
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Status != relay.StatusOK || time.Since(began) > time.Second {
			t.Errorf("%q: %s %v after %s", end, r.Status, r.Err, time.Since(began))
		}
	}
}

func TestPackingsInTheWild(t *testing.T) {
	body := events(content("Hello"), finish("stop"), "[DONE]")
	var z, raw bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(body))
	w.Close()
	f, _ := flate.NewWriter(&raw, flate.BestSpeed)
	f.Write([]byte(body))
	f.Close()
	for kind, b := range map[string]string{"x-gzip": gzipped(body), "GZIP": gzipped(body), "deflate": z.String(),
		"Deflate": raw.String(), "identity": body} {
		if r := sent(t, streamType+"Content-Encoding: "+kind+"\r\n", b); r.Status != relay.StatusOK || r.Text != "Hello" {
			t.Errorf("%s: %s %v", kind, r.Status, r.Err)
		}
	}
}
