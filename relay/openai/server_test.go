package openai

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"relaytop/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server sends raw bytes, so that a test can send what no HTTP library would.
type server struct {
	url  string
	mu   sync.Mutex
	reqs []seen
	gone chan struct{} // one for each connection whose client left
}

type seen struct {
	header http.Header
	path   string
	body   string
}

// serve answers request n (from 0) with the bytes that answer returns, then closes the connection, unless hold is
// set: then it waits for the client.
func serve(t *testing.T, hold bool, answer func(n int) string) *server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{url: "http://" + ln.Addr().String() + "/v1", gone: make(chan struct{}, 16)}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.one(conn, hold, answer) })
		}
	})
	t.Cleanup(func() { ln.Close(); wg.Wait() })
	return s
}

func (s *server) one(conn net.Conn, hold bool, answer func(n int) string) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	req, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	body, _ := io.ReadAll(req.Body)
	s.mu.Lock()
	n := len(s.reqs)
	s.reqs = append(s.reqs, seen{req.Header, req.URL.RequestURI(), string(body)})
	s.mu.Unlock()
	io.WriteString(conn, answer(n))
	if hold {
		io.Copy(io.Discard, br)
		s.gone <- struct{}{}
	}
}

func (s *server) seen() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]seen(nil), s.reqs...)
}

func response(status int, header, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nConnection: close\r\n%s\r\n%s", status, header, body)
}

const streamType = "Content-Type: text/event-stream\r\n"

// events joins chunks into a stream.
func events(chunks ...string) string {
	var b strings.Builder
	for _, c := range chunks {
		b.WriteString("data: " + c + "\n\n")
	}
	return b.String()
}

func delta(d string) string {
	return `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,` +
		`"delta":` + d + `,"finish_reason":null}]}`
}

func content(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can
	}
	return delta(`{"content":` + string(quoted) + `}`)
}

func finish(reason string) string {
	return `{"id":"chatcmpl-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{},` +
		`"finish_reason":"` + reason + `"}]}`
}

const usageChunk = `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,` +
	`"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}`

func client(t *testing.T, e relay.Endpoint, opt Options) *Client {
	t.Helper()
	if e.Name == "" {
		e.Name = "test"
	}
	c, err := New(e, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func ask() relay.Call {
	return relay.Call{Model: "m", Attempt: 1, Request: &relay.Request{ID: 7, Model: "m", Params: relay.DefaultParams(),
		Messages: []relay.Message{{Role: "user", Text: "Explain quantum entanglement."}}}}
}
