package openai

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// drip answers every request over a pipe, a byte a second of synctest time.
func drip(t *testing.T, c *Client, body string) {
	t.Helper()
	tr, ok := c.http.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", c.http.Transport)
	}
	tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			req, err := http.ReadRequest(bufio.NewReader(far))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			if _, err := io.WriteString(far, "HTTP/1.1 200 OK\r\nConnection: close\r\n"+streamType+"\r\n"); err != nil {
				return
			}
			for i := range len(body) {
				<-time.After(time.Second)
				if _, err := far.Write([]byte{body[i]}); err != nil {
					return
				}
			}
		}()
		return near, nil
	}
}

// TestAByteASecond: as long as tokens come within the allowed silence, slowness is not a failure. Bytes without a
// token do not count.
func TestAByteASecond(t *testing.T) {
	long := events(content("Hi"))
	for name, c := range map[string]struct {
		body   string
		status relay.Status
		class  relay.Class
		text   string
		took   time.Duration
	}{
		"tokens in time": {events(`{"choices":[{"delta":{"content":"Hi"}}]}`, `{"choices":[{"delta":{"content":" you"}}]}`,
			`{"choices":[{"delta":{},"finish_reason":"stop"}]}`), relay.StatusOK, "", "Hi you", 0},
		"a token too late": {long, relay.StatusFailed, relay.ClassTimeout, "", 120 * time.Second},
		"then too late": {events(`{"choices":[{"delta":{"content":"Hi"}}]}`) + long, relay.StatusTruncated,
			relay.ClassTruncated, "Hi", 168 * time.Second},
		"pings": {strings.Repeat(": ping\n\n", 100), relay.StatusFailed, relay.ClassTimeout, "",
			120 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cl, err := New(relay.Endpoint{Name: "slow", BaseURL: "http://127.0.0.1/v1"}, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer cl.Close()
				drip(t, cl, c.body)
				defer func() { <-time.After(2 * time.Second) }() // so that the writer ends
				began := time.Now()
				r := cl.Send(t.Context(), ask(), nil)
				took := time.Since(began)
				if r.Status != c.status || r.Text != c.text || (r.Err == nil) != (c.class == "") ||
					r.Err != nil && r.Err.Class != c.class {
					t.Errorf("%s %q %v after %s", r.Status, r.Text, r.Err, took)
				}
				if c.took > 0 && took.Round(time.Second) != c.took {
					t.Errorf("took %s, want %s", took, c.took)
				}
			})
		})
	}
}

// TestALineOfAGigabyte: a line without an end is abandoned at its limit, the connection is closed, and memory stays
// flat.
func TestALineOfAGigabyte(t *testing.T) {
	const whole = 1 << 30
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	wrote := make(chan int, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
			return
		}
		_, _ = io.WriteString(conn,
			"HTTP/1.1 200 OK\r\nConnection: close\r\n"+streamType+"\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"")
		block, n := []byte(strings.Repeat("x", 1<<20)), 0
		for n < whole {
			k, err := conn.Write(block)
			if n += k; err != nil {
				break
			}
		}
		wrote <- n
	}()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := client(t, relay.Endpoint{BaseURL: "http://" + ln.Addr().String() + "/v1"},
		Options{}).Send(t.Context(), ask(), nil)
	runtime.ReadMemStats(&after)
	if r.Status != relay.StatusFailed || r.Err.Class != relay.ClassProtocol || !strings.Contains(r.Err.Message, "16 MiB") {
		t.Errorf("%s %v", r.Status, r.Err)
	}
	if n := <-wrote; n > 128<<20 {
		t.Errorf("%d bytes were taken", n)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 256<<20 {
		t.Errorf("%d bytes were allocated", grown)
	}
}
