package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Lines splits a stream at '\n' only: U+2028, U+0085 and a lone CR are data. A line longer than MaxRow is skipped
// and never held.
type Lines struct {
	r    *bufio.Reader
	end  int64 // offset after the newest line and its end
	line int
	buf  []byte
}

// Line is one line without its end, LF or CRLF.
type Line struct {
	Text    []byte // valid until the next call of Next; nil if TooLong
	Offset  int64
	End     int64 // offset after the line end
	N       int   // from 1
	TooLong bool
}

// Cut reports whether the stream ended before the line end came.
func (l *Line) Cut() bool { return !l.TooLong && l.End == l.Offset+int64(len(l.Text)) }

// Blank reports whether there is nothing but white space in the line.
func (l *Line) Blank() bool { return !l.TooLong && len(bytes.TrimSpace(l.Text)) == 0 }

// NewLines reads lines from r, whose first byte is at offset base.
func NewLines(r io.Reader, base int64) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 256<<10), end: base}
}

// Next returns the next line, io.EOF after the last.
func (l *Lines) Next() (Line, error) {
	l.line++
	out := Line{Offset: l.end, N: l.line}
	chunk, err := l.r.ReadSlice('\n')
	if err == nil {
		l.end += int64(len(chunk))
		out.Text, out.End = trimEnd(chunk), l.end
		return out, nil
	}
	l.buf = l.buf[:0]
	for {
		l.end += int64(len(chunk))
		if out.TooLong = out.TooLong || len(l.buf)+len(chunk) > MaxRow; !out.TooLong {
			if len(l.buf)+len(chunk) > cap(l.buf) { // twice as long: append leaves five times as much behind
				l.buf = slices.Grow(l.buf, len(l.buf)+len(chunk))
			}
			l.buf = append(l.buf, chunk...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			break
		}
		chunk, err = l.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return Line{}, fmt.Errorf("reading the input: %w", err)
	}
	if l.end == out.Offset {
		return Line{}, io.EOF
	}
	if out.End = l.end; out.TooLong {
		l.buf = nil
		return out, nil
	}
	out.Text = trimEnd(l.buf)
	return out, nil
}

func trimEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

const tooLong = "longer than 64 MiB"

// readLines yields every line that is not blank.
func readLines(r io.Reader, base int64, each func(Record) error) error {
	for lines := NewLines(r, base); ; {
		l, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if l.Blank() {
			continue
		}
		rec := Record{Offset: l.Offset, Length: len(l.Text), Line: l.N, Data: l.Text}
		if l.TooLong {
			rec.Bad = tooLong
		}
		if err := each(rec); err != nil {
			return err
		}
	}
}

// readParagraphs yields the texts between blank lines.
func readParagraphs(r io.Reader, base int64, each func(Record) error) error {
	var rec Record
	flush := func() error {
		if rec.Line == 0 {
			return nil
		}
		out := rec
		out.Length = len(out.Data)
		rec = Record{Data: rec.Data[:0]}
		return each(out)
	}
	for lines := NewLines(r, base); ; {
		l, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return flush()
		}
		if err != nil {
			return err
		}
		if l.Blank() {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		if rec.Line == 0 {
			rec.Offset, rec.Line = l.Offset, l.N
		}
		if l.TooLong || int(l.Offset-rec.Offset)+len(l.Text) > MaxRow {
			rec.Bad, rec.Data = tooLong, rec.Data[:0]
		}
		if rec.Bad == "" {
			// The end of the line before, LF or CRLF, is kept: a record is read again by its length in the file.
			rec.Data = appendLineEnd(rec.Data, int(l.Offset-rec.Offset))
			rec.Data = append(rec.Data, l.Text...)
		}
	}
}

// appendLineEnd appends the line end that makes b n bytes long: "\n", or "\r\n".
func appendLineEnd(b []byte, n int) []byte {
	switch n - len(b) {
	case 1:
		return append(b, '\n')
	case 2:
		return append(b, '\r', '\n')
	}
	return b
}
