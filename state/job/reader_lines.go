package job

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// lines splits at '\n' only: U+2028, U+0085 and a lone CR inside a string are data. A line longer than maxRow is skipped over
// without being held.
type lines struct {
	r    *bufio.Reader
	off  int64
	line int
	buf  []byte
}

func newLines(r io.Reader, base int64) *lines {
	return &lines{r: bufio.NewReaderSize(r, 256<<10), off: base}
}

// next returns the next line without its end; long says that it was too long, and then it is nil. The bytes are valid until the
// next call.
func (l *lines) next() (text []byte, off int64, long bool, err error) {
	off = l.off
	l.line++
	chunk, err := l.r.ReadSlice('\n')
	if err == nil {
		l.off += int64(len(chunk))
		return trimEnd(chunk), off, false, nil
	}
	l.buf = l.buf[:0]
	for {
		l.off += int64(len(chunk))
		if long = long || len(l.buf)+len(chunk) > maxRow; !long {
			l.buf = append(l.buf, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
		chunk, err = l.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, off, false, fmt.Errorf("reading the input: %w", err)
	}
	if l.off == off {
		return nil, off, false, io.EOF
	}
	if long {
		l.buf = nil
		return nil, off, true, nil
	}
	return trimEnd(l.buf), off, false, nil
}

func trimEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

func blank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }

const tooLong = "longer than 64 MiB"

// scanLines hands on every line that is not blank.
func scanLines(r io.Reader, base int64, each func(span) error) error {
	l := newLines(r, base)
	for {
		text, off, long, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		sp := span{off: off, n: len(text), line: l.line, data: text}
		if long {
			sp.bad = tooLong
		} else if blank(text) {
			continue
		}
		if err := each(sp); err != nil {
			return err
		}
	}
}

// scanParagraphs hands on what stands between blank lines.
func scanParagraphs(r io.Reader, base int64, each func(span) error) error {
	l := newLines(r, base)
	var sp span
	flush := func() error {
		if sp.line == 0 {
			return nil
		}
		out := sp
		out.n = len(out.data)
		sp = span{data: sp.data[:0]}
		return each(out)
	}
	for {
		text, off, long, err := l.next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		if !long && blank(text) {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		if sp.line == 0 {
			sp.off, sp.line = off, l.line
		}
		if long || int(off-sp.off)+len(text) > maxRow {
			sp.bad, sp.data = tooLong, sp.data[:0]
		}
		if sp.bad == "" {
			// What ended the line before, LF or CRLF, is kept: a record is read again by its length in the file.
			sp.data = pad(sp.data, int(off-sp.off))
			sp.data = append(sp.data, text...)
		}
	}
}

// pad fills up to n bytes with what a line end leaves: "\n", or "\r\n".
func pad(b []byte, n int) []byte {
	switch n - len(b) {
	case 1:
		return append(b, '\n')
	case 2:
		return append(b, '\r', '\n')
	}
	return b
}
