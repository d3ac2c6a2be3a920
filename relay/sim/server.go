// Package sim is the simulated relay: a real HTTP server on a loopback address that speaks the OpenAI protocol, for
// the demo, tests and benchmarks.
//
// Rules:
//
//   - The content depends on the seed, the model and the prompt alone, never on the order of the requests.
//   - The times follow an absolute schedule (start + n * gap), and each chunk holds the time at which it was written.
//   - Every response, broken ones included, is one Play: data, performed by one function.
//   - What was received is counted, so that a test can prove that nothing was sent twice.
package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"

	"relaytop/relay"
)

// maxBody is the largest request in bytes; beyond it the answer is 413.
const maxBody = 64 << 20

// Server is a running relay.
type Server struct {
	opts      Options
	table     map[string]Model
	book      *book
	http      *http.Server
	listener  net.Listener
	served    chan struct{}
	conns     sync.WaitGroup
	closing   chan struct{}
	once      sync.Once
	cancel    context.CancelFunc
	script    script
	documents documents
	prefixes  prefixes
	counts    counters
	batches   batches
	bucket    bucket
	slots     slots
}

// Start opens the relay. It runs until Close is called or ctx ends. An address that is not loopback is refused: the
// relay has no protection against other users.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Listen == "" {
		opts.Listen = "127.0.0.1:0"
	}
	if err := checkLoopback(opts.Listen); err != nil {
		return nil, err
	}
	b, err := readBook()
	if err != nil {
		return nil, fmt.Errorf("simulated relay: %w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", opts.Listen)
	if err != nil {
		return nil, fmt.Errorf("simulated relay: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{opts: opts, cancel: cancel, table: modelTable(), book: b, listener: l, served: make(chan struct{}),
		closing: make(chan struct{})}
	s.bucket.init(opts.RPM)
	s.slots.limit = opts.Concurrency
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: 10 * time.Second,
		ConnState:         s.connState,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(l) // it always ends with ErrServerClosed, by Close
	}()
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// checkLoopback returns an error for an address that other machines can reach.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("simulated relay: listen address: %w", err)
	}
	if relay.IsLoopback(host) {
		return nil
	}
	return fmt.Errorf("simulated relay: %s is not a loopback address", address)
}

// URL returns the base URL, with /v1 and without a slash at its end.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() + "/v1" }

// Close ends all streams at once and waits until every goroutine of the server has ended. It may be called more than
// once.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.cancel()
		err = s.http.Close()
		<-s.served
		// Only a second call finds a connection that was accepted during the first.
		_ = s.http.Close()
		s.conns.Wait()
	})
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (s *Server) connState(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.chat)
	mux.HandleFunc("GET /v1/models", s.models)
	mux.HandleFunc("GET /v1/models/{id}", s.model)
	mux.HandleFunc("GET /sim/stats", s.stats)
	s.handleBatches(mux)
	for _, path := range []string{"/v1/chat/completions", "/v1/models"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			writeError(w, http.StatusMethodNotAllowed, apiError{Message: "Not allowed to " + r.Method + " on " + r.URL.Path,
				Type: "invalid_request_error", Code: "method_not_supported"})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound,
			apiError{Message: fmt.Sprintf("Invalid URL (%s %s)", r.Method, r.URL.Path), Type: "invalid_request_error"})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A connection that a script cut is no longer counted, though its handler still runs.
		s.conns.Add(1)
		defer s.conns.Done()
		if r.URL.Path == "/sim/stats" {
			mux.ServeHTTP(w, r)
			return
		}
		c := &countWriter{ResponseWriter: w}
		done := s.counts.begin(r)
		most := int64(maxBody)
		if r.URL.Path == "/v1/files" {
			most = maxFile
		}
		r.Body = http.MaxBytesReader(c, &countReader{ReadCloser: r.Body, n: &c.in}, most)
		defer func() { done(c) }()
		if s.opts.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.opts.Key {
			s.counts.refused()
			writeError(c, http.StatusUnauthorized, wrongKey(r.Header.Get("Authorization")))
			return
		}
		if !s.documents.serve(c, r) {
			mux.ServeHTTP(c, r)
		}
	})
}

// left counts a client that closed the connection before the response was complete. While the server itself closes it
// counts nothing.
func (s *Server) left(w http.ResponseWriter) {
	select {
	case <-s.closing:
	default:
		if c, ok := w.(*countWriter); ok {
			c.left = true
		}
	}
}
