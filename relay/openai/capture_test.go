package openai

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"relaytop/relay"
)

// exchangesOf makes one attempt and returns the exchanges that it emitted.
func exchangesOf(t *testing.T, c *Client, call relay.Call) []*relay.Exchange {
	t.Helper()
	var list []*relay.Exchange
	last := relay.Kind(0)
	c.Send(t.Context(), call, func(e relay.Event) {
		if last = e.Kind; e.Kind == relay.Exchanged {
			list = append(list, e.Exchange)
		}
	})
	if last != relay.Exchanged && len(list) > 0 {
		t.Errorf("the last event is of kind %d: an exchange ends an attempt", last)
	}
	return list
}

func valueOf(list []relay.Field, name string) string {
	for _, f := range list {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

func TestExchangeHasWhatWasOnTheWire(t *testing.T) {
	body := events(content("Hello"), finish("stop"), "[DONE]")
	s := serve(t, false, func(int) string { return response(200, streamType+"X-Request-Id: r-9\r\n", body) })
	c := client(t, relay.Endpoint{BaseURL: s.url, Key: "secret-key-123", KeyEnv: "MY_KEY"}, Options{})
	list := exchangesOf(t, c, ask())
	if len(list) != 1 {
		t.Fatalf("%d exchanges for one attempt", len(list))
	}
	x, sent := list[0], s.seen()[0]
	if x.Method != "POST" || x.URL != s.url+"/chat/completions" || x.KeyEnv != "MY_KEY" || x.Status != 200 {
		t.Errorf("got %s %s, key from %q, status %d", x.Method, x.URL, x.KeyEnv, x.Status)
	}
	if string(x.Body) != sent.body || x.BodyCut || x.BodySize != int64(len(sent.body)) {
		t.Errorf("the request's body is %q (cut %v), sent was %q", x.Body, x.BodyCut, sent.body)
	}
	if string(x.Answer) != body || x.AnswerCut || x.AnswerSize != int64(len(body)) {
		t.Errorf("the answer is %q (cut %v), it was %q", x.Answer, x.AnswerCut, body)
	}
	if valueOf(x.Received, "X-Request-Id") != "r-9" || valueOf(x.Sent, "Content-Type") != "application/json" ||
		valueOf(x.Sent, "Authorization") != "Bearer ••••" {
		t.Errorf("headers %v and %v", x.Sent, x.Received)
	}
}

// TestExchangeHoldsNoSecret: neither keys, extra headers nor the query of the URL, also where they are echoed;
// short ones in their own headers. What was asked keeps every letter.
func TestExchangeHoldsNoSecret(t *testing.T) {
	const key, extra = `sk-"quoted\key`, "team-token-77"
	echo := `{"error":{"message":"bad key sk-\"quoted\\key for team-token-77 at q-u-e-r-y-99"}}`
	s := serve(t, false, func(int) string {
		return response(401, "X-Echo: team-token-77\r\nSet-Cookie: session=abcdef\r\nContent-Type: application/json\r\n",
			echo)
	})
	c := client(t, relay.Endpoint{BaseURL: s.url + "?k=q-u-e-r-y-99", Key: key,
		Headers: map[string]string{"X-Team": extra, "X-Short": "ab1"}}, Options{})
	call := ask()
	call.Request.Messages[0].Text = "my key is " + key + " and " + extra
	x := exchangesOf(t, c, call)[0]
	if sent := s.seen()[0]; string(x.Body) != sent.body || !strings.Contains(sent.body, extra) {
		t.Errorf("the request's body is %q, sent was %q", x.Body, sent.body)
	}
	all := fmt.Sprintf("%s %s %v %v %s", x.Method, x.URL, x.Sent, x.Received, x.Answer)
	for _, secret := range []string{key, `sk-\"quoted\\key`, extra, "ab1", "q-u-e-r-y-99", "session=abcdef"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is in it: %s", secret, all)
		}
	}
	if x.Status != 401 || !strings.Contains(string(x.Answer), "bad key ••••") {
		t.Errorf("status %d, answer %s", x.Status, x.Answer)
	}
}

// TestExchangeKeepsContent: whatever the key is, what was asked and answered keeps every letter; names and errors
// beside it are cleaned.
func TestExchangeKeepsContent(t *testing.T) {
	const key = "sk-real-0123456789"
	doc := `{"id":"c-` + key + `","choices":[{"index":0,"message":{"content":"use ` + key + `"},"finish_reason":"stop"}]}`
	chunk := strings.Replace(doc, `"message"`, `"delta"`, 1)
	broken := `{"error":{"message":"bad ` + key + `"},"choices":[]}`
	clean := strings.NewReplacer("c-"+key, "c-••••", "bad "+key, "bad ••••")
	for name, answer := range map[string][2]string{
		"stream": {streamType, events(chunk, broken)},
		"plain":  {jsonBody, doc},
	} {
		s := serve(t, false, func(int) string { return response(200, answer[0], answer[1]) })
		c := client(t, relay.Endpoint{BaseURL: s.url, Key: key}, Options{})
		call := ask()
		call.Request.Messages[0].Text = "my key is " + key
		x := exchangesOf(t, c, call)[0]
		if !strings.Contains(string(x.Body), "my key is "+key) {
			t.Errorf("%s: asked was %s", name, x.Body)
		}
		if want := clean.Replace(answer[1]); string(x.Answer) != want {
			t.Errorf("%s: the answer is %s\nwant %s", name, x.Answer, want)
		}
	}
}

func TestExchangeIsBounded(t *testing.T) {
	key := "secret-key-123"
	for _, lane := range []relay.Lane{relay.LaneChat, relay.LaneBatch} {
		limit := map[relay.Lane]int{relay.LaneChat: keepChat, relay.LaneBatch: keepOther}[lane]
		// The key crosses the end of the head.
		pad := strings.Repeat("x", limit-len(`{"error":{"message":"`)-5)
		s := serve(t, false, func(int) string {
			return response(400, "", `{"error":{"message":"`+pad+key+strings.Repeat("y", 2*keepChat)+`"}}`)
		})
		c := client(t, relay.Endpoint{BaseURL: s.url, Key: relay.Secret(key)}, Options{})
		call := ask()
		call.Request.Lane = lane
		call.Request.Messages[0].Text = strings.Repeat("z", 2*keepSent)
		x := exchangesOf(t, c, call)[0]
		if !x.BodyCut || len(x.Body) > keepSent || cap(x.Body) > keepSent+4<<10 || x.BodySize < 2*keepSent {
			t.Errorf("%s: the body's head is %d (cap %d) of %d bytes", lane, len(x.Body), cap(x.Body), x.BodySize)
		}
		if !x.AnswerCut || len(x.Answer) > limit || len(x.Answer) < limit-100 || x.AnswerSize < 2*keepChat {
			t.Errorf("%s: the answer's head is %d of %d bytes", lane, len(x.Answer), x.AnswerSize)
		}
		if bytes.Contains(x.Answer, []byte("secret")) {
			t.Errorf("%s: a piece of the key is left at the end: %q", lane, x.Answer[len(x.Answer)-40:])
		}
	}
}

func TestMeasurementsAreNotCaptured(t *testing.T) {
	s := serve(t, false, func(int) string {
		return response(200, streamType,
			events(content("Hi"), finish("stop"), "[DONE]"))
	})
	c := client(t, relay.Endpoint{BaseURL: s.url}, Options{})
	call := ask()
	call.Request.Lane = relay.LaneBench
	if list := exchangesOf(t, c, call); len(list) != 0 {
		t.Errorf("%d exchanges of a measurement", len(list))
	}
}

func TestExchangeWithoutAResponse(t *testing.T) {
	c := client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:1/v1"}, Options{})
	x := exchangesOf(t, c, ask())[0]
	if x.Status != 0 || x.Answer != nil || len(x.Body) == 0 {
		t.Errorf("got status %d, %d bytes of an answer, %d of the request", x.Status, len(x.Answer), len(x.Body))
	}
}

// BenchmarkHead measures what keeping the head costs a stream, at one chunk per read.
func BenchmarkHead(b *testing.B) {
	chunk := []byte(events(content("Hello")))
	p := make([]byte, 4<<10)
	for _, room := range []int{0, keepChat} {
		b.Run(fmt.Sprint(room), func(b *testing.B) {
			b.ReportAllocs()
			var buf []byte
			for b.Loop() {
				h := &head{r: &repeat{chunk: chunk, left: 400}, left: room, buf: buf[:0]}
				for {
					if _, err := h.Read(p); err != nil {
						break
					}
				}
				buf = h.buf
			}
		})
	}
}

type repeat struct {
	chunk []byte
	left  int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.left--; r.left < 0 {
		return 0, io.EOF
	}
	return copy(p, r.chunk), nil
}
