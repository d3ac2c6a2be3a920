package openai

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// paced answers request n (from 0) over a pipe with the n-th list of pieces, with a pause of synctest time before
// each.
func paced(t *testing.T, c *Client, pause time.Duration, answers ...[]string) {
	t.Helper()
	tr, ok := c.http.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", c.http.Transport)
	}
	n := 0
	tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		pieces := answers[min(n, len(answers)-1)]
		n++
		go func() {
			defer far.Close()
			req, err := http.ReadRequest(bufio.NewReader(far))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			for _, p := range pieces {
				<-time.After(pause)
				if _, err := io.WriteString(far, p); err != nil {
					return
				}
			}
		}()
		return near, nil
	}
}

// TestEveryWaitHasItsOwnTime: an endpoint that allows 15 s of silence, and pauses of 10 s.
func TestEveryWaitHasItsOwnTime(t *testing.T) {
	chunk := func(s string) string {
		return events(`{"choices":[{"index":0,"delta":{"content":"` + s + `"},"finish_reason":"stop"}]}`)
	}
	refusal := response(400, "", `{"error":{"message":"property 'stream_options' is unsupported"}}`)
	for name, c := range map[string]struct {
		settle  time.Duration
		answers [][]string
		text    string
	}{
		"first byte, first token": {0,
			[][]string{{response(200, streamType, ""), events(content("a")), events(content("b"), finish("stop"), "[DONE]")}},
			"ab"},
		"a request sent again": {0,
			[][]string{{refusal}, {response(200, streamType, events(content("a"), finish("stop"), "[DONE]"))}}, "a"},
		"a finish on every chunk": {15 * time.Second,
			[][]string{{response(200, streamType, ""), chunk("a"), chunk("b"), chunk("c"), events("[DONE]")}}, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl, err := New(relay.Endpoint{Name: "slow", BaseURL: "http://127.0.0.1/v1", Timeout: 15 * time.Second},
					Options{Settle: c.settle})
				if err != nil {
					t.Fatal(err)
				}
				defer cl.Close()
				paced(t, cl, 10*time.Second, c.answers...)
				if r := cl.Send(t.Context(), ask(), nil); r.Status != relay.StatusOK || r.Text != c.text {
					t.Errorf("%s %q %v", r.Status, r.Text, r.Err)
				}
				<-time.After(time.Minute) // so that the writer ends
			})
		})
	}
}

// TestTheSettleTimeRunsOnce: after the finish_reason an answer ends after 2 s, whatever chunks without a token
// still come.
func TestTheSettleTimeRunsOnce(t *testing.T) {
	empty := events(`{"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`)
	count := func(n int) string {
		return events(fmt.Sprintf(`{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":%d}}`, n))
	}
	synctest.Test(t, func(t *testing.T) {
		c, err := New(relay.Endpoint{Name: "slow", BaseURL: "http://127.0.0.1/v1"}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		pieces := []string{response(200, streamType, ""), events(content("a"), finish("stop"))} // the finish after 2 pauses
		for n := range 10 {
			pieces = append(pieces, count(n+1), empty, events(finish("stop")), ": ping\n\n")
		}
		paced(t, c, 700*time.Millisecond, pieces)
		begun := time.Now()
		r := c.Send(t.Context(), ask(), nil)
		if took := time.Since(begun); took != 2*700*time.Millisecond+2*time.Second {
			t.Errorf("took %s", took)
		}
		if r.Status != relay.StatusOK || r.Usage == nil || r.Usage.Output != 1 {
			t.Errorf("%s %+v %v", r.Status, r.Usage, r.Err)
		}
		<-time.After(time.Minute) // so that the writer ends
	})
}

// TestOneChunkOnAnOpenConnection: a finish_reason with the only content ends the answer after 2 s if usage has come
// after it, else after silence: both may be on every chunk.
func TestOneChunkOnAnOpenConnection(t *testing.T) {
	const all = `{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]`
	const usage = `"usage":{"prompt_tokens":10,"completion_tokens":3}}`
	for name, c := range map[string]struct {
		events []string
		took   time.Duration
		text   string
	}{
		"usage with it":     {[]string{all + "," + usage}, 30 * time.Second, "a"},
		"both with each":    {[]string{all + "," + usage, "*", all + "," + usage}, 33 * time.Second, "aa"},
		"usage after it":    {[]string{all + "}", "1", `{"choices":[],` + usage}, 3 * time.Second, "a"},
		"usage before it":   {[]string{`{"choices":[],` + usage, all + "}"}, 30 * time.Second, "a"},
		"usage, then more":  {[]string{all + "," + usage, "1", content("b")}, 31 * time.Second, "ab"},
		"without usage":     {[]string{all + "}"}, 30 * time.Second, "a"},
		"usage and no text": {[]string{finish("stop"), `{"choices":[],` + usage}, 30 * time.Second, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl := scripted(t, &memoryStore{}, append(c.events, "~"))
				cl.silence = 30 * time.Second
				begun := time.Now()
				r := cl.Send(t.Context(), ask(), nil)
				if took := time.Since(begun); took != c.took || r.Text != c.text {
					t.Errorf("%s %q %v after %s", r.Status, r.Text, r.Err, took)
				}
				if c.took < 10*time.Second && r.Status != relay.StatusOK {
					t.Errorf("%s %v", r.Status, r.Err)
				}
				<-time.After(time.Hour) // so that the writer ends
			})
		})
	}
}
