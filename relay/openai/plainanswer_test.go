package openai

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

const wholeAnswer = `{"id":"x","object":"chat.completion","model":"m-1","choices":[{"index":0,` +
	`"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,` +
	`"completion_tokens":2}}`

// TestAWholeDocumentIsAnAnswer: an answer is complete with the last byte of its JSON, whatever follows.
func TestAWholeDocumentIsAnAnswer(t *testing.T) {
	const tail = "\n\ndata: [DONE]\n\n"
	for name, c := range map[string]struct {
		hold  bool
		bytes string
	}{
		"open":                         {true, response(200, "", wholeAnswer)},
		"open after DONE":              {true, response(200, "", wholeAnswer+tail)},
		"a length too long":            {false, response(200, "Content-Length: 9999\r\n", wholeAnswer)},
		"a length too long after DONE": {false, response(200, "Content-Length: 9999\r\n", wholeAnswer+tail)},
		"no last chunk": {false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n" +
			wholeAnswer + tail},
		"pings before":   {true, response(200, streamType, ": ping\n\n: ping\r\n\r\n"+wholeAnswer)},
		"pings after it": {true, response(200, "", wholeAnswer+"\n\n: ping\n\ndata: [DONE]\n\n")},
		"words after it": {true, response(200, "", wholeAnswer+" that's all")},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.hold, func(int) string { return c.bytes })
			began := time.Now()
			r := client(t, relay.Endpoint{BaseURL: s.url, Timeout: 4 * time.Second}, Options{}).Send(t.Context(), ask(), nil)
			if r.Status != relay.StatusOK || r.Text != "Hello" || r.Usage == nil || r.Usage.Output != 2 ||
				string(r.Raw) != wholeAnswer {
				t.Fatalf("%s %q %v", r.Status, r.Text, r.Err)
			}
			if d := time.Since(began); d > 2*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}

// TestCancelAfterAWholeDocument: an answer that has come is kept.
func TestCancelAfterAWholeDocument(t *testing.T) {
	s := serve(t, true, func(int) string { return response(200, "", wholeAnswer) })
	ctx, cancel := context.WithCancel(t.Context())
	r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(ctx, ask(), func(e relay.Event) {
		if e.Kind == relay.Text {
			cancel()
		}
	})
	if r.Status != relay.StatusOK || r.Text != "Hello" {
		t.Fatalf("%s %q %v", r.Status, r.Text, r.Err)
	}
}

// slowly answers one request in pieces, with a pause before each.
func slowly(t *testing.T, pause time.Duration, pieces ...string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		io.Copy(io.Discard, req.Body)
		for _, p := range pieces {
			<-time.After(pause)
			if _, err := io.WriteString(conn, p); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return "http://" + ln.Addr().String() + "/v1"
}

// TestAJSONAnswerThatTrickles: its bytes restart the silence timer, as tokens do in a stream.
func TestAJSONAnswerThatTrickles(t *testing.T) {
	pieces := []string{response(200, "", "")}
	for i := 0; i < len(wholeAnswer); i += 20 {
		pieces = append(pieces, wholeAnswer[i:min(len(wholeAnswer), i+20)])
	}
	url := slowly(t, 40*time.Millisecond, pieces...)
	r := client(t, relay.Endpoint{BaseURL: url, Timeout: 200 * time.Millisecond}, Options{}).Send(t.Context(), ask(), nil)
	if r.Status != relay.StatusOK || r.Text != "Hello" {
		t.Fatalf("%s %q %v", r.Status, r.Text, r.Err)
	}
	blanks := append([]string{response(200, "", "{")}, strings.Split(strings.Repeat(" ", 20), "")...)
	url = slowly(t, 40*time.Millisecond, blanks...)
	if r := client(t, relay.Endpoint{BaseURL: url, Timeout: 200 * time.Millisecond}, Options{}).Send(t.Context(), ask(),
		nil); r.Err == nil || r.Err.Class != relay.ClassTimeout {
		t.Errorf("endless blanks: %s %v", r.Status, r.Err)
	}
}

func TestAMarkSplitOverReads(t *testing.T) {
	for _, body := range []string{wholeAnswer, events(content("Hello"), finish("stop"))} {
		url := slowly(t, 20*time.Millisecond, response(200, "", ""), "\xef", "\xbb", "\xbf", body)
		if r := client(t, relay.Endpoint{BaseURL: url}, Options{}).Send(t.Context(), ask(),
			nil); r.Status != relay.StatusOK || r.Text != "Hello" {
			t.Errorf("%s %q %v", r.Status, r.Text, r.Err)
		}
	}
}

// TestPlainTextIsQuoted: also a text that begins like a field of an event stream. A stream may begin with an unknown
// field.
func TestPlainTextIsQuoted(t *testing.T) {
	for _, said := range []string{"database is down", "idle timeout from upstream", "retry later please",
		"error: upstream is gone", "Unavailable", "event horizon"} {
		s := serve(t, false, func(int) string { return response(200, "", said) })
		r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(), nil)
		if r.Err == nil || r.Err.Class != relay.ClassProtocol || !strings.Contains(r.Err.Message, said) {
			t.Errorf("%q: %s %v", said, r.Status, r.Err)
		}
	}
	for _, first := range []string{"vendor: x\n", "vendor: x\nid: 1\n", "retry\n\n", "id: 7\n\n", "x-request: 1\r\n\r\n"} {
		s := serve(t, false, func(int) string { return response(200, "", first+events(content("Hello"), finish("stop"))) })
		if r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(t.Context(), ask(),
			nil); r.Status != relay.StatusOK || r.Text != "Hello" {
			t.Errorf("%q: %s %v", first, r.Status, r.Err)
		}
	}
}

// TestARefusalThatNeverEnds: the status gives the class; the body is not waited for.
func TestARefusalThatNeverEnds(t *testing.T) {
	for code, class := range map[int]relay.Class{401: relay.ClassAuth, 400: relay.ClassInvalid, 200: relay.ClassProtocol} {
		s := serve(t, true, func(int) string { return response(code, "", "no, and so on") })
		began := time.Now()
		r := client(t, relay.Endpoint{BaseURL: s.url, Key: "k-k-k-k"},
			Options{Settle: 50 * time.Millisecond}).Send(t.Context(), ask(), nil)
		if r.Err == nil || r.Err.Class != class || !strings.Contains(r.Err.Message, "no, and so on") ||
			time.Since(began) > 2*time.Second {
			t.Errorf("%d: %s %v after %s", code, r.Status, r.Err, time.Since(began))
		}
	}
}
