package sim

import (
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// stage performs one Play.
type stage struct {
	w     http.ResponseWriter
	ctl   *http.ResponseController
	body  io.Writer
	zip   *gzip.Writer
	ctx   context.Context
	play  *Play
	start time.Time
	timer *time.Timer
	sent  int64
	count int // chunks
}

// perform sends p. It returns the bytes and chunks sent, and false if the client or the server closed before the end.
func perform(ctx context.Context, w http.ResponseWriter, p *Play, start time.Time) (*stage, bool) {
	s := &stage{w: w, ctl: http.NewResponseController(w), ctx: ctx, play: p, start: start, body: w}
	pieces := p.pieces()
	s.timer = time.NewTimer(time.Hour)
	defer s.timer.Stop()
	if !s.until(p.Wait) {
		return s, false
	}
	s.header(pieces)
	for _, c := range pieces {
		if !s.until(c.at) {
			return s, false
		}
		c.mark(time.Now())
		more, err := s.write(c.data)
		if err != nil {
			return s, false
		}
		s.count++
		if !more {
			break
		}
	}
	if s.zip != nil && p.CutAt == 0 {
		if err := s.zip.Close(); err != nil {
			return s, false
		}
	}
	return s, s.end()
}

func (s *stage) header(pieces []piece) {
	h := s.w.Header()
	for k, v := range s.play.Header {
		if v == "" {
			h.Del(k)
		} else {
			h.Set(k, v)
		}
	}
	h.Set("X-Sim-Sent-Us", strconv.FormatInt(time.Now().UnixMicro(), 10))
	if s.play.Gzip {
		h.Set("Content-Encoding", "gzip")
		s.zip = gzip.NewWriter(s.w)
		s.body = s.zip
	} else if len(pieces) <= 1 && s.play.End == EndClean && s.play.CutAt == 0 && s.play.Step == 0 {
		n := 0
		for _, c := range pieces {
			n += len(c.data)
		}
		h.Set("Content-Length", strconv.Itoa(n))
	}
	status := s.play.Status
	if status == 0 {
		status = http.StatusOK
	}
	s.w.WriteHeader(status)
}

// until waits for a time of the schedule; false: the request ended before it. If the play has pings, it sends them
// meanwhile.
func (s *stage) until(at time.Duration) bool {
	due := s.start.Add(at)
	for {
		left := time.Until(due)
		ping := s.play.Ping > 0 && at > s.play.Wait && left > s.play.Ping
		if ping {
			left = s.play.Ping
		}
		if left <= 0 {
			return s.ctx.Err() == nil
		}
		s.timer.Reset(left)
		select {
		case <-s.ctx.Done():
			return false
		case <-s.timer.C:
		}
		if !ping {
			return true
		}
		if _, err := s.write([]byte(": ping\n\n")); err != nil {
			return false
		}
	}
}

// write sends bytes in steps and flushes each; false once the cut is reached.
func (s *stage) write(b []byte) (bool, error) {
	more := true
	if cut := s.play.CutAt; cut > 0 && s.sent+int64(len(b)) >= int64(cut) {
		b, more = b[:int64(cut)-s.sent], false
	}
	for len(b) > 0 {
		n := len(b)
		if s.play.Step > 0 {
			n = min(n, s.play.Step)
		}
		if _, err := s.body.Write(b[:n]); err != nil {
			return false, err
		}
		s.sent += int64(n)
		b = b[n:]
		if s.zip != nil {
			if err := s.zip.Flush(); err != nil {
				return false, err
			}
		}
		if err := s.ctl.Flush(); err != nil {
			return false, err
		}
	}
	return more, nil
}

// end closes the response as the play demands. False: it was closed before.
func (s *stage) end() bool {
	switch s.play.End {
	case EndHold:
		if s.ctl.Flush() != nil {
			return false
		}
		// A day stands for no end: only the client or Close ends it.
		return s.until(time.Since(s.start) + 24*time.Hour)
	case EndAbort, EndReset:
		// The header is sent first: a cut before it would be another fault.
		if s.ctl.Flush() != nil {
			return false
		}
		conn, _, err := s.ctl.Hijack()
		if err != nil {
			return false
		}
		if tcp, ok := conn.(*net.TCPConn); ok && s.play.End == EndReset {
			_ = tcp.SetLinger(0) // fails only on a connection that is already closed
		}
		conn.Close()
	case EndClean:
	}
	return true
}
