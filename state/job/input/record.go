package input

import (
	"context"
	"io"
)

// Record is the text of one row: a line, a paragraph or a CSV record, not yet parsed.
type Record struct {
	Offset int64
	Length int
	Line   int    // of its beginning, from 1
	Data   []byte // valid during the call that yields it
	Bad    string // why it can't be a row; Data may then be nil
}

// Records reads an input from its beginning and calls each with each record. The header line of a CSV is not a
// record: its columns go to header.
func (in *File) Records(ctx context.Context, header func([]string) error, each func(Record) error) error {
	checked := func(rec Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(rec)
	}
	switch in.Kind {
	case CSV, TSV:
		base := in.bom + in.dialect.skip
		c := &csvReader{r: io.NewSectionReader(in.f, base, in.Size-base), base: base, comma: in.dialect.comma,
			header: header, each: checked}
		if in.dialect.skip > 0 {
			c.lines = 1
		}
		return c.read()
	case Paragraphs:
		return readParagraphs(io.NewSectionReader(in.f, in.bom, in.Size-in.bom), in.bom, checked)
	case JSONL, Text:
	}
	return readLines(io.NewSectionReader(in.f, in.bom, in.Size-in.bom), in.bom, checked)
}
