package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// isUTF16 reports whether the beginning of a file is UTF-16: by its byte order mark, or by the NULs that
// it has at every second place of its ASCII letters. UTF-8 text has no NULs.
func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return true
	}
	var nulls [2]int // at even and at odd places
	for i, c := range head {
		if c == 0 {
			nulls[i%2]++
		}
	}
	begins := len(head) >= 4 && (head[0] == 0 && head[2] == 0 || head[1] == 0 && head[3] == 0)
	most, least := max(nulls[0], nulls[1]), min(nulls[0], nulls[1])
	return begins || most > len(head)/50 && least < most/4
}

// kindOf finds the kind of an input by its name, else by how it begins.
func kindOf(name string, head []byte, paragraphs bool) (Kind, error) {
	if paragraphs {
		return Paragraphs, nil
	}
	head = bytes.TrimSpace(head)
	named := false
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))) {
	case ".csv":
		return CSV, nil
	case ".tsv", ".tab":
		return TSV, nil
	case ".jsonl", ".ndjson", ".json":
		named = true
	}
	if err := refuseDocument(name, head, named); err != nil {
		return "", err
	}
	line, _, cut := bytes.Cut(head, []byte("\n"))
	switch {
	case named:
		return JSONL, nil
	case len(line) == 0:
	case line[0] == '{' && (json.Valid(line) || !cut), line[0] == '"' && json.Valid(bytes.TrimSpace(line)):
		return JSONL, nil
	case sepLine(line) != nil, headsTable(line):
		return CSV, nil
	}
	return Text, nil
}

// headsTable reports whether a line is the header of a table with a column prompt: a table from a pipe has no name.
func headsTable(line []byte) bool {
	d, err := dialectOf("", CSV, line)
	if err != nil || !utf8.Valid(line) {
		return false
	}
	columns, err := csvFields(line, d.comma)
	return err == nil && len(columns) > 1 &&
		slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), "prompt") })
}

// refuseDocument refuses a file that is one JSON document, such as a pretty-printed one: its lines are no rows. named
// says that the file's name ends as that of JSON does: then an array on one line is refused too.
func refuseDocument(name string, head []byte, named bool) error {
	if len(head) == 0 || head[0] != '[' && head[0] != '{' || !named && !spansLines(head) {
		return nil
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if _, chat := chatIn(string(line)); chat {
		return nil // a chat a line
	}
	if head[0] == '[' {
		return Unusable("%s is a JSON array, not one JSON value a line: "+
			"`jq -c '.[]' FILE > FILE.jsonl` makes it so", name)
	}
	if spansLines(head) {
		return Unusable("%s is one JSON document over several lines, not one JSON value a line: "+
			"`jq -c . FILE > FILE.jsonl` makes it so", name)
	}
	return nil
}

// spansLines reports whether the first JSON value goes on after the first line. head may end before the value does,
// if it is as long as a head can be.
func spansLines(head []byte) bool {
	line, _, cut := bytes.Cut(head, []byte("\n"))
	if !cut || json.Valid(line) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(head))
	var v json.RawMessage
	err := d.Decode(&v)
	if err == nil {
		return d.InputOffset() > int64(len(line))
	}
	return errors.Is(err, io.ErrUnexpectedEOF) && len(head) > headSize-utf8Margin
}

// utf8Margin is how much shorter than headSize a full head may be: a byte order mark and white space are cut off.
const utf8Margin = 1 << 10
