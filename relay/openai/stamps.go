package openai

import (
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
	"time"

	"relaytop/relay"
)

// stamps collects the times of one round trip. The transport calls it from its own goroutines, even after the
// request has ended: a dial goes on although a connection became free.
type stamps struct {
	mu     sync.Mutex
	t      relay.Timing
	locked bool // the request has its connection: later dials are for others
	conn   net.Conn
	ready  func() // called when there is a connection; may be nil
}

func (s *stamps) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		ConnectDone: func(_, _ string, err error) {
			if err == nil {
				s.set(&s.t.Conn, false)
			}
		},
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				s.set(&s.t.TLS, false)
			}
		},
		GotConn: func(i httptrace.GotConnInfo) {
			if s.ready != nil {
				s.ready()
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.locked, s.conn = true, i.Conn
			if w := s.watched(); w != nil {
				w.whole.Store(false)
			}
			if i.Reused {
				s.t.Conn, s.t.TLS = time.Time{}, time.Time{}
			}
		},
		WroteRequest:         func(i httptrace.WroteRequestInfo) { s.set(&s.t.Wrote, true) },
		GotFirstResponseByte: func() { s.set(&s.t.FirstByte, true) },
	}
}

func (s *stamps) set(at *time.Time, late bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if late || !s.locked {
		*at = now
	}
}

// into copies the stamps of the transport.
func (s *stamps) into(t *relay.Timing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Conn, t.TLS, t.Wrote, t.FirstByte = s.t.Conn, s.t.TLS, s.t.Wrote, s.t.FirstByte
}

// cutOff reports whether the other side closed the connection within the headers.
func (s *stamps) cutOff() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.watched()
	return w != nil && w.ended.Load() && !w.whole.Load()
}

// watched returns the connection below TLS; nil: there is none, or it is not ours. The caller holds the lock.
func (s *stamps) watched() *watchedConn {
	conn := s.conn
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	w, _ := conn.(*watchedConn)
	return w
}
