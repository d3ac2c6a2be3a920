package job

import (
	"bytes"
	"errors"
	"io"

	"relaytop/state/job/input"
)

// The sizes of a window, in bytes.
const (
	windowNear = 256 << 10 // while what is read is near what was read before
	windowFar  = 8 << 10
	windowBack = windowNear / 4 // kept before a place: records are only about in the order of the rows
)

// window reads short pieces of a file, which are about in order, in large ones. What it returns is valid until the next
// call.
type window struct {
	f   io.ReaderAt
	at  int64 // of buf in the file
	buf []byte
}

// piece returns the n bytes at an offset.
func (w *window) piece(at int64, n int) ([]byte, error) {
	if b := w.from(at); len(b) >= n {
		return b[:n:n], nil
	}
	if err := w.move(at, n); err != nil {
		return nil, err
	}
	b := w.from(at)
	if len(b) < n {
		return nil, io.ErrUnexpectedEOF
	}
	return b[:n:n], nil
}

// line returns the line at an offset, without its end.
func (w *window) line(at int64) ([]byte, error) {
	b := w.from(at)
	for size := windowFar; ; size *= 2 {
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			return b[:i:i], nil
		}
		if size > 8*input.MaxRow {
			return nil, errors.New("a line has no end")
		}
		if err := w.move(at, size); err != nil {
			return nil, err
		}
		if b = w.from(at); len(b) < size && bytes.IndexByte(b, '\n') < 0 {
			return nil, io.ErrUnexpectedEOF
		}
	}
}

// from is what is held of the file from an offset on.
func (w *window) from(at int64) []byte {
	if i := at - w.at; i >= 0 && i < int64(len(w.buf)) {
		return w.buf[i:]
	}
	return nil
}

// move reads at least n bytes at an offset, as far as the file has them.
func (w *window) move(at int64, n int) error {
	size, back := windowFar, int64(0)
	if d := at - w.at; len(w.buf) > 0 && d > -windowNear && d < int64(len(w.buf))+windowNear {
		size, back = windowNear, min(windowBack, at)
	}
	size = max(size, n+int(back))
	if w.at = at - back; cap(w.buf) < size || cap(w.buf) > 4*max(size, windowNear) {
		w.buf = make([]byte, size)
	}
	n, err := w.f.ReadAt(w.buf[:size], w.at)
	if w.buf = w.buf[:n]; errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
