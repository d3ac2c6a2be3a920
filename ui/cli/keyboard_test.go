//go:build linux

package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// listener is a relay that answers every question with one word and keeps the questions.
type listener struct {
	*httptest.Server
	asked chan string
}

func listen(t *testing.T) *listener {
	l := &listener{asked: make(chan string, 64)}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Messages []struct {
				Content string `json:"content"`
			} `json:"messages"`
		}
		if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&body) != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, `data: {"choices":[{"delta":{"content":"`+"\u00abheard\u00bb"+`"},"finish_reason":"stop"}],`+
			`"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`+"\n\ndata: [DONE]\n\n")
		l.asked <- body.Messages[len(body.Messages)-1].Content
	}))
	t.Cleanup(l.Close)
	return l
}

// TestWhatATerminalSends types into the real program on a real terminal: what it asks the relay, and that nothing
// else does. The pauses are part of what is sent.
func TestWhatATerminalSends(t *testing.T) {
	p := buildProgram(t)
	relay := listen(t)
	p.env = append(p.env, "OPENAI_BASE_URL="+relay.URL+"/v1", "OPENAI_API_KEY=sk-keyboard-test")
	s := p.onScreen(t)
	defer s.end()
	s.until(t, shown...)
	const restAfter = 1100 // for so long after an answer esc does not leave the composer
	paste := strings.Repeat("line\r", 30)
	for i, c := range []struct {
		name   string
		script []any // text, and milliseconds
		want   []string
	}{
		{"a report of the mouse and an answer, split", []any{"x\x1b[<35;4", 90, "8;20M", "\x1b[?61;", 90, "4;6c", "y"},
			[]string{"xy"}},
		{"split behind ESC", []any{"x", restAfter, "\x1b", 90, "[<35;48;20M", 30, "i", 30, "y"}, []string{"xy"}},
		{"never ended", []any{"x\x1b[<35;4", 1200, "y"}, []string{"xy"}},
		{"a colour, split", []any{"x\x1b]11;rgb:1e1e", 90, "/1e1e/2e2e\x1b", 90, "\\y"}, []string{"xy"}},
		{"keys, split", []any{"bc", 30, "\x1b[", 20, "H", 30, "a", 30, "\x1b[1;", 90, "1F"}, []string{"abc"}},
		{"a letter, split", []any{"t\xe1\xbb", 1200, "\x87t"}, []string{"tệt"}},
		{"a paste without marks", []any{"line1\rline2\rline3"}, []string{"line1\nline2\nline3"}},
		{"a paste without marks, in pieces", []any{"li", 5, "ne1\rli", 5, "ne2\r"}, []string{"line1\nline2"}},
		{"a paste of thirty lines", []any{paste}, []string{strings.TrimSpace(strings.ReplaceAll(paste, "\r", "\n"))}},
		{"text and enter at once", []any{"hello there\r"}, []string{"hello there"}},
		{"text and enter at once, twice", []any{"hello\r", 300, "there\r"}, []string{"hello", "there"}},
		{"text while letters are commands", []any{restAfter, "\x1b", 200, "rest"}, []string{"rest"}},
		{"enter as a key in a paste", []any{"\x1b[200~a\x1b[13;1ub\x1b[201~"}, []string{"a\nb"}},
		{"ctrl+c pasted", []any{"\x1b[200~a\x03b\x1b[201~"}, []string{"a␃b"}},
	} {
		for _, step := range append(c.script, 150, fmt.Sprintf("#%d", i), 150, "\r") {
			switch step := step.(type) {
			case int:
				<-time.After(time.Duration(step) * time.Millisecond)
			case string:
				if _, err := s.near.WriteString(step); err != nil {
					t.Fatal(err)
				}
			}
		}
		var got []string
		for len(got) == 0 || !strings.HasSuffix(got[len(got)-1], fmt.Sprintf("#%d", i)) {
			select {
			case q := <-relay.asked:
				got = append(got, q)
			case <-time.After(20 * time.Second):
				t.Fatalf("%s: asked are only %q", c.name, got)
			}
			s.until(t, "heard")
		}
		last := len(got) - 1
		if got[last] = strings.TrimSpace(strings.TrimSuffix(got[last], fmt.Sprintf("#%d", i))); got[last] == "" {
			got = got[:last]
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: asked are %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCtrlCArrivesBehindAnOpenString: twice it quits the program, in the same read as what comes before. Inside a paste
// whose end was lost it does if it is a read of its own, which on a busy machine not every one is.
func TestCtrlCArrivesBehindAnOpenString(t *testing.T) {
	p := buildProgram(t)
	for _, c := range []struct{ before, key string }{
		{"\x1b]\x03\x03", ""}, {"\x1b]11;rgb:\x03\x03", ""}, {"\x1bP1\x03\x03", ""}, {"\x1b_G\x03\x03", ""},
		{"\x1bX\x03\x03", ""}, {"\x1b[<3\x03\x03", ""}, {"\x1b[200~lost", "\x03"}, {"\x1b[200~lost", "\x1b[99;5u"},
	} {
		t.Run(fmt.Sprintf("%q", c.before+c.key), func(t *testing.T) {
			s := p.onScreen(t)
			s.until(t, shown...)
			if _, err := s.near.WriteString(c.before); err != nil {
				t.Fatal(err)
			}
			ended, quiet := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(quiet)
				tick := time.NewTicker(100 * time.Millisecond)
				defer tick.Stop()
				for {
					select {
					case <-ended:
						return
					case <-tick.C:
						_, _ = s.near.WriteString(c.key) // it may just have ended
					}
				}
			}()
			s.rest(t)
			close(ended)
			<-quiet
			if err := s.cmd.Wait(); err != nil {
				t.Error(err)
			}
			s.near.Close()
		})
	}
}
