// Package sse reads server-sent events as relays send them: with any line end, a byte order mark, comments as
// pings, an end without the blank line, and bytes split anywhere.
//
// Rules:
//
//   - An event is returned as soon as its last byte is there, and never later.
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
	// End is the data that ends a stream. It is returned as soon as it is there, without waiting for the end of its line
	// or of its event.
	End string
	// Whole reports whether the first data line of an event is all of its data. Then a second line begins a new event,
	// though the blank line between the two is missing. Nil: lines are joined, as the standard says.
	Whole func(data []byte) bool

	src   io.Reader
	buf   []byte // buf[r:w] is unread
	r, w  int
	seen  int       // bytes of buf[r:w] known to hold no line end
	stamp time.Time // of the last read
	err   error     // of the source, returned once buf is empty

	started bool // the first line was read: no byte order mark can follow
	skipLF  bool // the last line ended with CR: a following LF belongs to it

	lineAt  time.Time // of the current line's first byte; zero: none yet
	at      time.Time // of the current event's first byte
	data    []byte
	lines   int // data lines of the current event
	hasData bool
	cut     bool // the source ended within the held line
	holds   bool
	held    []byte // the first data line of the event after the one just returned
	heldAt  time.Time
	heldCut bool
	name    string
	hasName bool
	interns string // the last name: the same name in every event costs one allocation
	pending bool   // data was returned; the next call clears it
}

// NewReader returns a Reader over src. It reads ahead.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, 4<<10)}
}

// Next returns the next event or comment. At the end of the source it first returns what is left of an event, then
// the error of the source (io.EOF after a regular end) on every further call.
func (r *Reader) Next() (Event, error) {
	if r.pending {
		r.clear()
	}
	if r.ended(r.data) {
		return r.event(false), nil
	}
	for {
		line, ok := r.line()
		if !ok {
			line, ok = r.unended()
		}
		if ok {
			if e, full := r.take(line, false); full {
				return e, nil
			}
			continue
		}
		if r.err == nil {
			r.fill()
			continue
		}
		if r.r < r.w { // a last line without its end
			line := r.buf[r.r:r.w]
			r.r = r.w
			if e, full := r.take(r.bom(line), true); full {
				return e, nil
			}
		}
		if r.hasData || r.hasName {
			return r.event(r.cut), nil
		}
		return Event{}, r.err
	}
}

// line takes the next whole line from the buffer, without its end.
func (r *Reader) line() ([]byte, bool) {
	if r.skipLF && r.r < r.w {
		r.skipLF = false
		if r.buf[r.r] == '\n' {
			r.r++
		}
	}
	if r.r == r.w {
		return nil, false
	}
	if r.lineAt.IsZero() {
		r.lineAt = r.stamp
	}
	rest := r.buf[r.r+r.seen : r.w]
	end := bytes.IndexByte(rest, '\n')
	head := rest
	if end >= 0 {
		head = rest[:end]
	}
	if cr := bytes.IndexByte(head, '\r'); cr >= 0 {
		end = cr
	}
	if end < 0 {
		r.seen = r.w - r.r
		return nil, false
	}
	end += r.r + r.seen
	line := r.buf[r.r:end]
	r.skipLF = r.buf[end] == '\r'
	r.r, r.seen = end+1, 0
	return r.bom(line), true
}

// bom removes the byte order mark from the first line.
func (r *Reader) bom(line []byte) []byte {
	if !r.started {
		r.started = true
		line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	}
	return line
}

// fill makes one read from the source.
func (r *Reader) fill() {
	if r.r > 0 {
		copy(r.buf, r.buf[r.r:r.w])
		r.w -= r.r
		r.r = 0
	}
	if r.w > MaxLine {
		r.err, r.r, r.w = ErrTooLong, 0, 0
		r.drop()
		return
	}
	if r.w == len(r.buf) {
		r.buf = append(r.buf, make([]byte, len(r.buf))...)
	}
	n, err := r.src.Read(r.buf[r.w:min(len(r.buf), r.w+readSize)])
	r.stamp = time.Now()
	r.w += n
	if err != nil {
		r.err = err
	}
}

// take adds one line to the current event. It reports true when there is an event to return.
func (r *Reader) take(line []byte, cut bool) (Event, bool) {
	at := r.lineAt
	r.lineAt = time.Time{}
	if len(line) == 0 {
		if r.hasData || r.hasName {
			return r.event(cut), true
		}
		r.at = time.Time{}
		return Event{}, false
	}
	if line[0] == ':' {
		return Event{Data: value(line[1:]), At: at, Comment: true, Cut: cut}, true
	}
	if r.at.IsZero() {
		r.at = at
	}
	field, val, _ := bytes.Cut(line, []byte{':'})
	switch string(field) {
	case "data":
		val = value(val)
		if r.lines == 1 && r.Whole != nil && r.Whole(r.data) {
			r.held, r.heldAt, r.heldCut, r.holds = append(r.held[:0], val...), at, cut, true
			return r.event(false), true
		}
		if r.hasData {
			r.data = append(r.data, '\n')
		}
		if len(r.data)+len(val) > MaxLine {
			r.err, r.r, r.w = ErrTooLong, 0, 0
			r.drop()
			return Event{}, false
		}
		r.data = append(r.data, val...)
		r.hasData = true
		r.lines++
		if r.ended(r.data) {
			return r.event(false), true
		}
	case "event":
		if val = value(val); string(val) != r.interns {
			r.interns = string(val)
		}
		r.name, r.hasName = r.interns, len(r.interns) > 0
	}
	if cut && (r.hasData || r.hasName) {
		return r.event(true), true
	}
	return Event{}, false
}

// value removes the blank that may follow the colon of a field.
func value(b []byte) []byte {
	if len(b) > 0 && b[0] == ' ' {
		return b[1:]
	}
	return b
}

// event returns the current event.
func (r *Reader) event(cut bool) Event {
	r.pending = true
	return Event{Name: r.name, Data: r.data, At: r.at, Cut: cut}
}

// ended reports whether data is the end of the stream.
func (r *Reader) ended(data []byte) bool {
	return r.End != "" && r.hasData && len(data) < len(r.End)+8 && string(bytes.TrimSpace(data)) == r.End
}

// unended takes a line that needs no end: the end of the stream.
func (r *Reader) unended() ([]byte, bool) {
	line := r.buf[r.r:r.w]
	if r.End == "" || len(line) > len(r.End)+16 {
		return nil, false
	}
	val, ok := bytes.CutPrefix(line, []byte("data:"))
	if !ok || string(bytes.TrimSpace(val)) != r.End {
		return nil, false
	}
	r.r, r.seen = r.w, 0
	return line, true
}

// clear begins the next event, with the held line if there is one.
func (r *Reader) clear() {
	r.drop()
	r.pending = false
	if r.holds {
		r.data, r.at, r.hasData, r.lines, r.cut = append(r.data, r.held...), r.heldAt, true, 1, r.heldCut
		r.holds = false
	}
}

// drop clears the current event. A buffer that grew with one huge event is not kept.
func (r *Reader) drop() {
	if cap(r.data) > 1<<20 {
		r.data = nil
	}
	r.data, r.hasData, r.name, r.hasName, r.at = r.data[:0], false, "", false, time.Time{}
	r.lines, r.cut = 0, false
}
