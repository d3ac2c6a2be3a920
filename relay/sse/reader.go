// Package sse reads server-sent events as relays send them: with any line end, a byte order mark, comments as
// pings, an end without the blank line, and bytes split anywhere.
//
// Rules:
//
//   - An event is returned as soon as its last byte has come.
//   - Its time is that of the read that brought its first byte, taken before anything is parsed.
//   - Reading an event allocates nothing once the buffers have grown.
//   - Memory stays below a fixed bound, whatever comes in.
package sse

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// MaxLine is the longest line, and the longest data of one event, in bytes: 16 MiB.
const MaxLine = 16 << 20

// readSize is the most bytes of one read, so that little is buffered behind the current line.
const readSize = 32 << 10

// ErrTooLong means that a line, or the data of an event, is longer than MaxLine.
var ErrTooLong = errors.New("a line of the event stream is longer than 16 MiB")

// Event is one event, or one comment line.
type Event struct {
	Name    string // of the event: line; "" if there was none
	Data    []byte // the data lines joined with \n, or the comment's text. Valid until the next call of Next
	At      time.Time
	Comment bool
	Cut     bool // the stream ended inside the last line: Data may be incomplete
}

// Reader splits a stream into events. It is not safe for concurrent use.
type Reader struct {
	// End is the data that ends a stream. It is returned as soon as it has come, without waiting for the end of its line
	// or of its event.
	End string
	// Whole reports whether the first data line of an event is all of its data. Then a second line begins a new event,
	// though the blank line between the two is missing. Nil: lines are joined, as the standard says.
	Whole func(data []byte) bool

	in       source
	event    builder
	held     heldLine
	lastName string // the same name in every event costs one allocation
	pending  bool   // the event was returned; the next call clears it
}

// source is the buffered input.
type source struct {
	src   io.Reader
	buf   []byte // buf[r:w] is unread
	r, w  int
	seen  int       // bytes of buf[r:w] known to hold no line end
	stamp time.Time // of the last read
	err   error     // of src, returned once buf is empty

	started bool      // the first line was read: a byte order mark can no longer follow
	skipLF  bool      // the last line ended with CR: a following LF belongs to it
	lineAt  time.Time // of the current line's first byte; zero: none yet
}

// builder is the event that is being read.
type builder struct {
	at      time.Time // of its first byte
	data    []byte
	lines   int // data lines
	hasData bool
	cut     bool // src ended within the last line
	name    string
}

// heldLine is the first data line of the event after the one just returned.
type heldLine struct {
	data  []byte
	at    time.Time
	cut   bool
	valid bool
}

// NewReader returns a Reader over src. It reads ahead.
func NewReader(src io.Reader) *Reader {
	return &Reader{in: source{src: src, buf: make([]byte, 4<<10)}}
}

// Reset makes the Reader one over src, as NewReader returns it, with the buffers that it has. Those that one long
// line or event has grown are not kept.
func (r *Reader) Reset(src io.Reader) {
	const most = 64 << 10
	next := Reader{in: source{src: src, buf: r.in.buf}}
	if cap(next.in.buf) > most {
		next.in.buf = make([]byte, 4<<10)
	}
	if cap(r.event.data) <= most {
		next.event.data = r.event.data[:0]
	}
	if cap(r.held.data) <= most {
		next.held.data = r.held.data[:0]
	}
	*r = next
}

// Next returns the next event or comment. At the end of the source it first returns what is left of an event, then
// the error of the source (io.EOF after a regular end) on every further call.
func (r *Reader) Next() (Event, error) {
	if r.pending {
		r.clear()
	}
	if r.atEnd() {
		return r.take(false), nil
	}
	for {
		line, ok := r.in.line()
		if !ok {
			line, ok = r.unended()
		}
		if ok {
			if e, full := r.add(line, false); full {
				return e, nil
			}
			continue
		}
		if r.in.err == nil {
			if !r.in.fill() {
				r.tooLong()
			}
			continue
		}
		if line, ok := r.in.last(); ok {
			if e, full := r.add(line, true); full {
				return e, nil
			}
		}
		if r.event.begun() {
			return r.take(r.event.cut), nil
		}
		return Event{}, r.in.err
	}
}

// line takes the next whole line from the buffer, without its end.
func (s *source) line() ([]byte, bool) {
	if s.skipLF && s.r < s.w {
		s.skipLF = false
		if s.buf[s.r] == '\n' {
			s.r++
		}
	}
	if s.r == s.w {
		return nil, false
	}
	if s.lineAt.IsZero() {
		s.lineAt = s.stamp
	}
	rest := s.buf[s.r+s.seen : s.w]
	end := bytes.IndexByte(rest, '\n')
	head := rest
	if end >= 0 {
		head = rest[:end]
	}
	if cr := bytes.IndexByte(head, '\r'); cr >= 0 {
		end = cr
	}
	if end < 0 {
		s.seen = s.w - s.r
		return nil, false
	}
	end += s.r + s.seen
	line := s.buf[s.r:end]
	s.skipLF = s.buf[end] == '\r'
	s.r, s.seen = end+1, 0
	return s.bom(line), true
}

// last takes the last line, which has no end.
func (s *source) last() ([]byte, bool) {
	if s.r == s.w {
		return nil, false
	}
	line := s.buf[s.r:s.w]
	s.r = s.w
	return s.bom(line), true
}

// bom removes the byte order mark from the first line.
func (s *source) bom(line []byte) []byte {
	if !s.started {
		s.started = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line
}

// fill makes one read from the source. False: the line is longer than MaxLine, and nothing was read.
func (s *source) fill() bool {
	if s.r > 0 {
		copy(s.buf, s.buf[s.r:s.w])
		s.w -= s.r
		s.r = 0
	}
	if s.w > MaxLine {
		return false
	}
	if s.w == len(s.buf) {
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := s.src.Read(s.buf[s.w:min(len(s.buf), s.w+readSize)])
	s.stamp = time.Now()
	s.w += n
	if err != nil {
		s.err = err
	}
	return true
}

// tooLong ends the stream with ErrTooLong.
func (r *Reader) tooLong() {
	r.in.err, r.in.r, r.in.w = ErrTooLong, 0, 0
	r.event.drop()
}

// add adds one line to the current event. It reports true when there is an event to return.
func (r *Reader) add(line []byte, cut bool) (Event, bool) {
	at, b := r.in.lineAt, &r.event
	r.in.lineAt = time.Time{}
	if len(line) == 0 {
		if b.begun() {
			return r.take(cut), true
		}
		b.at = time.Time{}
		return Event{}, false
	}
	if line[0] == ':' {
		return Event{Data: value(line[1:]), At: at, Comment: true, Cut: cut}, true
	}
	if b.at.IsZero() {
		b.at = at
	}
	field, val, _ := bytes.Cut(line, []byte{':'})
	val = value(val)
	switch string(field) {
	case "data":
		if b.lines == 1 && r.Whole != nil && r.Whole(b.data) {
			r.held = heldLine{append(r.held.data[:0], val...), at, cut, true}
			return r.take(false), true
		}
		if !b.addData(val) {
			r.tooLong()
			return Event{}, false
		}
		if r.atEnd() {
			return r.take(false), true
		}
	case "event":
		if string(val) != r.lastName {
			r.lastName = string(val)
		}
		b.name = r.lastName
	}
	if cut && b.begun() {
		return r.take(true), true
	}
	return Event{}, false
}

// addData adds a data line. False: the data would be longer than MaxLine.
func (b *builder) addData(val []byte) bool {
	if b.hasData {
		b.data = append(b.data, '\n')
	}
	if len(b.data)+len(val) > MaxLine {
		return false
	}
	b.data = append(b.data, val...)
	b.hasData = true
	b.lines++
	return true
}

// begun reports whether the event has data or a name.
func (b *builder) begun() bool { return b.hasData || b.name != "" }

// drop clears the event. A buffer that grew with one huge event is not kept.
func (b *builder) drop() {
	if cap(b.data) > 1<<20 {
		b.data = nil
	}
	*b = builder{data: b.data[:0]}
}

// value removes the blank that may follow the colon of a field.
func value(b []byte) []byte {
	if len(b) > 0 && b[0] == ' ' {
		return b[1:]
	}
	return b
}

// take returns the current event; the next call begins another one.
func (r *Reader) take(cut bool) Event {
	r.pending = true
	return Event{Name: r.event.name, Data: r.event.data, At: r.event.at, Cut: cut}
}

// clear begins the next event, with the held line if there is one.
func (r *Reader) clear() {
	r.event.drop()
	r.pending = false
	if h := &r.held; h.valid {
		b := &r.event
		b.data, b.at, b.hasData, b.lines, b.cut = append(b.data, h.data...), h.at, true, 1, h.cut
		h.valid = false
	}
}

// atEnd reports whether the data of the current event ends the stream.
func (r *Reader) atEnd() bool {
	data := r.event.data
	return r.End != "" && r.event.hasData && len(data) < len(r.End)+8 && string(bytes.TrimSpace(data)) == r.End
}

// unended takes a line that needs no end: the end of the stream.
func (r *Reader) unended() ([]byte, bool) {
	in := &r.in
	line := in.buf[in.r:in.w]
	if r.End == "" || len(line) > len(r.End)+16 {
		return nil, false
	}
	val, ok := bytes.CutPrefix(line, []byte("data:"))
	if !ok || string(bytes.TrimSpace(val)) != r.End {
		return nil, false
	}
	in.r, in.seen = in.w, 0
	return line, true
}
