package openai

import (
	"context"
	"io"
	"log"
	"net"
	"strings"
	"testing"

	"relaytop/relay"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// TestCancelInEachPhase: Send returns at once and the other side sees the connection close. TestMain checks that no
// goroutine is left.
func TestCancelInEachPhase(t *testing.T) {
	t.Run("dial", func(t *testing.T) {
		dialling, gone := make(chan struct{}), make(chan struct{})
		c := client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:1/v1"}, Options{})
		tr, err := newTransport(c.endpoint, 1, func(ctx context.Context, _, _ string) (net.Conn, error) {
			close(dialling)
			<-ctx.Done()
			close(gone)
			return nil, ctx.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		c.http.Transport = tr
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-dialling; cancel() }()
		stopped(t, c.Send(ctx, ask(), nil))
		<-gone
	})
	t.Run("TLS", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		url, gone := mute(t, cancel)
		stopped(t, client(t, relay.Endpoint{BaseURL: "https" + url[len("http"):]}, Options{}).Send(ctx, ask(), nil))
		<-gone
	})
	t.Run("headers", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, true, func(int) string { cancel(); return "" })
		stopped(t, client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(ctx, ask(), nil))
		<-s.gone
	})
	for name, body := range map[string]string{"first token": "", "stream": events(content("Hi")), "pings": ": ping\n\n",
		"plain answer": `{"choices":[`,
		"page":         "<html>", "settling": events(content("Hi"), finish("stop")), "gzip": "\x1f\x8b"} {
		t.Run(name, func(t *testing.T) {
			head := streamType
			if name == "gzip" {
				head += "Content-Encoding: gzip\r\n"
			}
			s := serve(t, true, func(int) string { return response(200, head, body) })
			ctx, cancel := context.WithCancel(t.Context())
			r := client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(ctx, ask(), func(e relay.Event) {
				if e.Kind == relay.Answering && !strings.Contains(body, "Hi") || e.Kind == relay.Text {
					cancel()
				}
			})
			if name != "settling" { // the answer may already be complete
				stopped(t, r)
			}
			<-s.gone
		})
	}
	t.Run("error body", func(t *testing.T) {
		for _, code := range []int{400, 500} {
			ctx, cancel := context.WithCancel(t.Context())
			s := serve(t, true, func(int) string { cancel(); return response(code, "", "half a") })
			stopped(t, client(t, relay.Endpoint{BaseURL: s.url}, Options{}).Send(ctx, ask(), nil))
			<-s.gone
		}
	})
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		stopped(t, client(t, relay.Endpoint{BaseURL: "http://127.0.0.1:1/v1"}, Options{}).Send(ctx, ask(), nil))
	})
}

func stopped(t *testing.T, r relay.Reply) {
	t.Helper()
	if r.Status != relay.StatusCancelled || r.Err == nil || r.Err.Class != relay.ClassCancelled {
		t.Errorf("%s %v", r.Status, r.Err)
	}
}

// mute accepts one connection, calls then, and sends nothing. gone is closed when the client has left.
func mute(t *testing.T, then func()) (url string, gone chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	gone = make(chan struct{})
	go func() {
		defer close(gone)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		then()
		io.Copy(io.Discard, conn)
	}()
	return "http://" + ln.Addr().String() + "/v1", gone
}
