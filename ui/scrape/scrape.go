// Package scrape serves the figures of the program to Prometheus. Counters and gauges are read from the state when they
// are asked for; only the histograms, whose buckets OpenTelemetry states, are counted here.
package scrape

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"relaytop/relay"
)

// Server is the endpoint. Its methods may be called from any goroutine.
type Server struct {
	url      string
	http     *http.Server
	served   chan struct{}
	figures  *figures
	observer *observer
}

// Listen opens the endpoint at an address such as 127.0.0.1:9464; without a host it is 127.0.0.1. It fails if the
// address is none, or is taken.
func Listen(address, version string) (*Server, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = "", address // a port alone
	}
	if port == "" {
		return nil, fmt.Errorf("no metrics endpoint at %q: it names no port", address)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("no metrics endpoint at %s: %w", address, cause(err))
	}
	registry := prometheus.NewRegistry()
	s := &Server{
		url:      "http://" + l.Addr().String() + "/metrics",
		served:   make(chan struct{}),
		figures:  newFigures(version),
		observer: newObserver(registry),
	}
	registry.MustRegister(s.figures)
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4,
		Timeout:             10 * time.Second,
	}))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "relaytop: the metrics are at /metrics\n") // a scraper that is gone needs none
	})
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	go func() {
		defer close(s.served)
		_ = s.http.Serve(l) // Close ends it
	}()
	return s, nil
}

// cause is the system's reason, without the address again.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// URL is where the metrics are.
func (s *Server) URL() string { return s.url }

// Take adds a request that ended to the histograms. It does not wait.
func (s *Server) Take(e relay.Event) {
	if e.Kind == relay.Done && e.Result != nil {
		s.observer.take(e.Result)
	}
}

// Show sets where the counters and gauges come from. Before it there are none.
func (s *Server) Show(from Source) { s.figures.show(from) }

// Close ends the endpoint. A scrape that is under way is answered until ctx ends.
func (s *Server) Close(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		_ = s.http.Close() // the first error is the one to report
	}
	<-s.served
	return err
}
