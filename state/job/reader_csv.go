package job

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// maxRestarts bounds how often a quote that is never closed makes the reader start again behind its line: each costs a walk to the
// end of the file.
const maxRestarts = 64

// csvScan reads RFC 4180 with a header line. A record that is wrong is a bad row, and reading goes on behind it.
type csvScan struct {
	at    *io.SectionReader // the input without its BOM
	base  int64             // of at, in the file
	comma rune
	head  func([]string) error
	each  func(span) error

	cols     int
	restarts int
	lines    int // lines before the part that is being read
}

var errSwallowed = errors.New("record longer than 64 MiB")

// leash fails a record that grows past maxRow: an open quote would read the whole file into memory.
type leash struct {
	r    io.Reader
	left int64
}

func (l *leash) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errSwallowed
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	return n, err
}

func (c *csvScan) run() error {
	from := int64(0)
	for {
		next, err := c.part(from)
		if err != nil || next < 0 {
			return err
		}
		from = next
	}
}

// part reads from an offset until the end, or until an open quote swallowed the rest: then it returns where to start again.
func (c *csvScan) part(from int64) (next int64, err error) {
	rope := &leash{r: io.NewSectionReader(c.at, from, c.at.Size()-from), left: maxRow}
	r := csv.NewReader(rope)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = c.comma, true, -1
	for {
		start := r.InputOffset()
		rope.left = maxRow
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
		end := r.InputOffset()
		var pe *csv.ParseError
		if errors.As(err, &pe) || errors.Is(err, errSwallowed) {
			swallowed := errors.Is(err, errSwallowed) || from+end >= c.at.Size() && pe.Line > pe.StartLine
			if swallowed {
				return c.restart(from+start, c.startLine(pe))
			}
			if err := c.each(span{off: c.base + from + start, line: c.lines + pe.StartLine, bad: "CSV: " + pe.Err.Error()}); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("reading the input: %w", err)
		}
		line, _ := r.FieldPos(0)
		if err := c.record(rec, c.lines+line, from+start, int(end-start)); err != nil {
			return 0, err
		}
	}
}

func (c *csvScan) startLine(pe *csv.ParseError) int {
	if pe == nil {
		return c.lines + 1
	}
	return c.lines + pe.StartLine
}

func (c *csvScan) record(rec []string, line int, off int64, n int) error {
	if c.cols == 0 {
		c.cols = len(rec)
		return c.head(append([]string(nil), rec...))
	}
	sp := span{off: c.base + off, n: n, line: line}
	if len(rec) != c.cols {
		sp.bad = fmt.Sprintf("CSV: %d columns, the header has %d", len(rec), c.cols)
	}
	buf := make([]byte, n)
	if _, err := c.at.ReadAt(buf, off); err != nil {
		return fmt.Errorf("reading the input: %w", err)
	}
	sp.data = buf
	return c.each(sp)
}

// restart reports the row with the open quote and finds the line behind it.
func (c *csvScan) restart(off int64, line int) (int64, error) {
	c.restarts++
	sp := span{off: c.base + off, line: line, bad: "CSV: a quote is opened and never closed"}
	if c.restarts > maxRestarts {
		sp.bad = "CSV: too many open quotes: nothing from here on was read"
	}
	if err := c.each(sp); err != nil {
		return 0, err
	}
	if c.restarts > maxRestarts {
		return -1, nil
	}
	l := newLines(io.NewSectionReader(c.at, off, c.at.Size()-off), off)
	for { // blank lines before the record belong to no row
		text, _, long, err := l.next()
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
		if err != nil {
			return 0, err
		}
		if long || !blank(text) {
			break
		}
	}
	c.lines = line
	return l.off, nil
}

// csvFields reads one record again.
func csvFields(data []byte, comma rune) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = comma, -1
	rec, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("CSV: %w", err)
	}
	return rec, nil
}
