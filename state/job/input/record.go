package input

import "context"

// Record is the text of one row: a line, a paragraph or a CSV record, not yet parsed.
type Record struct {
	Offset int64
	Length int
	Line   int    // of its beginning, from 1
	Data   []byte // valid during the call that yields it
	Bad    string // why it can't be a row; Data may then be nil
}

// Records reads an input from its beginning and calls each with each record. The header line of a CSV is not a
// record: its columns go to header. It calls idle when the rest of the input is not there yet.
func (in *File) Records(ctx context.Context, header func([]string) error, idle func(), each func(Record) error) error {
	checked := func(rec Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(rec)
	}
	err := in.records(&cursor{ctx, in, in.bom, idle}, header, checked)
	if err == nil && in.copy != nil {
		in.Size = in.size()
	}
	return err
}

func (in *File) records(c *cursor, header func([]string) error, each func(Record) error) error {
	switch in.Kind {
	case CSV, TSV:
		r := &csvReader{from: *c, comma: in.dialect.comma, header: header, each: each}
		if in.dialect.skip > 0 {
			r.lines = 1
		}
		return r.read(in.bom + in.dialect.skip)
	case Paragraphs:
		return readParagraphs(c, in.bom, each)
	case JSONL, Text:
	}
	return readLines(c, in.bom, each)
}
