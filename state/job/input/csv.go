package input

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// maxRestarts bounds how often an unclosed quote makes the reader start again on the next line: each reads to the
// end of the file.
const maxRestarts = 64

// csvReader reads RFC 4180 with a header line. A malformed record is a bad row, and reading goes on after it.
type csvReader struct {
	from   cursor
	comma  rune
	header func([]string) error
	each   func(Record) error

	columns  int
	restarts int
	lines    int // lines before the part that is being read
}

var errRecordTooLong = errors.New("record longer than 64 MiB")

// boundedReader fails when a record grows past MaxRow: an unclosed quote would read the whole file into memory.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errRecordTooLong
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// at is a reader from an offset of the file on.
func (c *csvReader) at(off int64) *cursor {
	r := c.from
	r.off = off
	return &r
}

func (c *csvReader) read(from int64) error {
	for {
		next, err := c.readPart(from)
		if err != nil || next < 0 {
			return err
		}
		from = next
	}
}

// readPart reads from an offset to the end, and returns -1; or to an unclosed quote, and returns where to start
// again.
func (c *csvReader) readPart(from int64) (next int64, err error) {
	bounded := &boundedReader{r: c.at(from), left: MaxRow}
	r := csv.NewReader(bounded)
	r.Comma, r.ReuseRecord, r.FieldsPerRecord = c.comma, true, -1
	for {
		start := r.InputOffset()
		bounded.left = MaxRow
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
		end := r.InputOffset()
		var pe *csv.ParseError
		if errors.As(err, &pe) && c.columns == 0 {
			return 0, Unusable("the header, line %d, can't be read: %v: write each name wholly in quotes or without",
				c.startLine(pe), pe.Err)
		}
		if errors.As(err, &pe) || errors.Is(err, errRecordTooLong) {
			unclosed := errors.Is(err, errRecordTooLong) || from+end >= c.from.in.size() && pe.Line > pe.StartLine
			if unclosed {
				return c.restart(from+start, c.startLine(pe))
			}
			bad := Record{Offset: from + start, Line: c.lines + pe.StartLine, Bad: "CSV: " + pe.Err.Error()}
			if err := c.each(bad); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("reading the input: %w", err)
		}
		line, _ := r.FieldPos(0)
		if err := c.record(fields, c.lines+line, from+start, int(end-start)); err != nil {
			return 0, err
		}
	}
}

func (c *csvReader) startLine(pe *csv.ParseError) int {
	if pe == nil {
		return c.lines + 1
	}
	return c.lines + pe.StartLine
}

func (c *csvReader) record(fields []string, line int, offset int64, n int) error {
	if c.columns == 0 {
		c.columns = len(fields)
		return c.header(append([]string(nil), fields...))
	}
	rec := Record{Offset: offset, Length: n, Line: line}
	if len(fields) != c.columns {
		rec.Bad = wrongColumns(len(fields), c.columns)
	}
	var err error
	if rec.Data, err = c.from.in.Read(offset, n); err != nil {
		return err
	}
	return c.each(rec)
}

func wrongColumns(n, header int) string {
	return fmt.Sprintf("CSV: %d columns, the header has %d", n, header)
}

// restart reports the row with the unclosed quote and finds the line after it.
func (c *csvReader) restart(offset int64, line int) (int64, error) {
	c.restarts++
	rec := Record{Offset: offset, Line: line, Bad: "CSV: a quote is opened and never closed"}
	if c.restarts > maxRestarts {
		rec.Bad = "CSV: too many open quotes: nothing from here on was read"
	}
	if err := c.each(rec); err != nil {
		return 0, err
	}
	if c.restarts > maxRestarts {
		return -1, nil
	}
	for lines := NewLines(c.at(offset), offset); ; {
		l, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return -1, nil
		}
		if err != nil {
			return 0, err
		}
		if !l.Blank() { // blank lines before the record belong to no row
			c.lines = line
			return l.End, nil
		}
	}
}

// csvFields splits one record.
func csvFields(data []byte, comma rune) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = comma, -1
	fields, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("CSV: %w", err)
	}
	return fields, nil
}
