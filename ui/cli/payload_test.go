//go:build linux

package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// payload holds one of everything that acts on a terminal or is invisible there. PWN marks what a terminal would have
// acted on.
const payload = "\x1b[77;77H\x1b]0;PWN\a\x1b]52;c;UFdO\a\x1b]8;;http://PWN/\x1b\\x\x1b]8;;\x1b\\\x1bPPWN\x1b\\" +
	"\x1b_PWN\x1b\\\u009b77m\u009d0;PWN\u009c\x7f\b\r\u202ePWN\u202c\u2066a\u2069\u2028\u2029\ufeff\U000e0041" +
	"\x1b]0;PWN"

// hostile answers in the chat protocol, with the payload wherever a relay may write text.
func hostile(w http.ResponseWriter, r *http.Request) {
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) } // a string has a JSON form
	if r.Method == http.MethodGet {
		fmt.Fprintf(w, `{"object":"list","data":[{"id":"good","object":"model"},{"id":%s,"object":"model"}]}`,
			text("model "+payload))
		return
	}
	asked, _ := io.ReadAll(r.Body) // what is missing is not a failure of ours
	if strings.Contains(string(asked), "fail now") {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":{"message":%s,"type":%s,"code":%s}}`, text("refused "+payload), text(payload), text(payload))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, delta := range []string{
		`{"role":"assistant","reasoning_content":` + text("thinking "+payload+"\n") + `}`,
		`{"content":` + text("answer "+payload[:9]) + `}`, `{"content":` + text(payload[9:]+"\n\n```go\ncode "+payload+
			"\n```\n\n| a | b |\n|---|---|\n| cell "+payload+" | [link](http://x/"+payload+") |\n") + `}`,
		`{"tool_calls":[{"index":0,"id":"t","type":"function","function":{"name":` + text("tool "+payload) +
			`,"arguments":` + text(`{"argument":"`+payload) + `}}]}`,
	} {
		fmt.Fprintf(w, "data: {\"id\":%s,\"model\":%s,\"choices\":[{\"index\":0,\"delta\":%s}]}\n\n", text(payload),
			text("answering "+payload), delta)
	}
	fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":%s}]}\n\ndata: [DONE]\n\n",
		text("stop"))
}

// TestNoByteOfARelayActs walks through the sinks of the dashboard with a relay that writes terminal sequences
// wherever it can, and looks at every byte that the terminal gets.
func TestNoByteOfARelayActs(t *testing.T) {
	relay := httptest.NewServer(http.HandlerFunc(hostile))
	defer relay.Close()
	p := buildProgram(t)
	p.env = append(p.env, "OPENAI_BASE_URL="+relay.URL+"/v1", "OPENAI_API_KEY=k", "DEFAULT_MODEL=good",
		"RETRY_MAX_ATTEMPTS=1")
	s := p.onScreen(t)
	defer s.end()
	s.until(t, "things to try")
	var got []byte
	do := func(keys ...string) {
		for _, k := range keys {
			if _, err := s.near.WriteString(k); err != nil {
				t.Fatal(err)
			}
			got = append(got, s.quiet(t)...)
		}
	}
	const right, esc, alt = "\x1b[C", "\x1b", "\x1b"
	do("h", "i", "\r")                                               // transcript, reasoning, tools, facts
	do(alt+"k", "y", " ")                                            // copied, the reasoning opened
	do("v", "v", "I")                                                // raw, the inspector
	do(right, right, right, "c", "y")                                // its tabs, curl
	do(esc, "t", esc)                                                // rename
	do("E", esc, "o", esc)                                           // export, chats
	do("m", esc)                                                     // models
	do("/", "P", "W", "N", esc)                                      // search
	do("i", "f", "a", "i", "l", " ", "n", "o", "w", "\r", "\r", esc) // an error, and all of it
	do("\x10", "P", "W", "N", esc)                                   // the palette
	for sink, want := range map[string]string{"transcript": "answer ␛[77;77H", "reasoning": "thinking",
		"code": "code ␛[77;77H", "cell": "cell", "tool": "tool ␛[77;77H",
		"error": "refused ␛[77;77H", "model list": "model ␛[77;77H", "answering model": "answering ␛[77;77H",
		"clipboard": "\x1b]52;c;"} {
		if !strings.Contains(ansiless(string(got), want), want) {
			t.Errorf("the walk did not come by %s: %q is not in what was written", sink, want)
		}
	}
	actsOn(t, got)
}

// ansiless is s if it contains want as it is, else s without escape sequences: the colour may change in the middle
// of a word.
func ansiless(s, want string) string {
	if strings.Contains(s, want) {
		return s
	}
	return ansi.Strip(s)
}

// quiet is what is written until nothing more comes for a moment.
func (s *screened) quiet(t testing.TB) (out []byte) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case c, ok := <-s.chunk:
			if !ok {
				t.Fatalf("the program ended: %q", out)
			}
			out = append(out, c...)
		case <-time.After(150 * time.Millisecond):
			return out
		case <-late:
			t.Fatal("the screen does not come to rest")
		}
	}
}

// actsOn fails for every byte that acts on a terminal and is not ours.
func actsOn(t *testing.T, out []byte) {
	t.Helper()
	for rest, state := out, byte(0); len(rest) > 0; {
		seq, _, n, next := ansi.DecodeSequence(rest, state, nil)
		rest, state = rest[n:], next
		s := string(seq)
		switch {
		case strings.HasPrefix(s, "\x1b]2;"): // the window's title: its text was filtered
			s = strings.TrimSuffix(strings.TrimPrefix(s, "\x1b]2;"), "\a")
			if strings.ContainsAny(s, "\x1b\a\r\n\b\x7f") {
				t.Errorf("the title acts: %q", s)
			}
		case strings.HasPrefix(s, "\x1b]8;;http://x/"): // a link goes where it says, and is written in printable ASCII
			if strings.ContainsFunc(s[1:len(s)-1], func(r rune) bool { return r <= ' ' || r > '~' }) {
				t.Errorf("the link acts: %q", s)
			}
		case strings.HasPrefix(s, "\x1b") && (strings.Contains(s, "PWN") || strings.Contains(s, "77;77") ||
			strings.Contains(s, "UFdO\a") && !strings.HasPrefix(s, "\x1b]52;")):
			t.Errorf("it is obeyed: %q", s)
		case s == "\a", s == "\x7f":
			t.Errorf("it is obeyed: %q", s)
		}
		for _, r := range s {
			if r != utf8.RuneError && hidden(r) {
				t.Errorf("%U came through in %q", r, s)
			}
		}
	}
}

func hidden(r rune) bool {
	return r >= 0x80 && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 ||
		r == 0x2029 || r == 0xfeff || r >= 0xe0000 && r <= 0xe007f
}
