package job

import (
	"context"
	"io"
)

// span is one record of an input as it stands in the file.
type span struct {
	off  int64
	n    int
	line int // 1-based line of its beginning
	data []byte
	bad  string // why it can't be a row; data may then be nil
}

// scan reads an input from its beginning and hands on each record; data is valid only during the call. CSV's header line is not a
// record: it comes to head.
func (s *source) scan(ctx context.Context, head func([]string) error, each func(span) error) error {
	r := io.NewSectionReader(s.f, s.skip, s.size-s.skip)
	checked := func(sp span) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(sp)
	}
	switch s.kind {
	case kindCSV, kindTSV:
		return (&csvScan{at: r, base: s.skip, comma: s.comma(), head: head, each: checked}).run()
	case kindParagraphs:
		return scanParagraphs(r, s.skip, checked)
	default:
		return scanLines(r, s.skip, checked)
	}
}

func (s *source) comma() rune {
	if s.kind == kindTSV {
		return '\t'
	}
	return ','
}
