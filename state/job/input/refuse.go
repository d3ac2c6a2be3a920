package input

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// refuseBinary refuses what is not UTF-8 text by how it begins: its rows would be sent as garbage, and paid for.
func refuseBinary(name string, head []byte) error {
	if what, help := formatOf(head); what != "" {
		return Unusable("%s is %s, not text: %s", name, what, help)
	}
	if isUTF32(head) {
		return Unusable("%s is UTF-32: save it as UTF-8", name)
	}
	if isUTF16(head) {
		return Unusable("%s is UTF-16: save it as UTF-8", name)
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return Unusable("%s has NUL bytes, which no text has: if it is UTF-16, save it as UTF-8", name)
	}
	return nil
}

// formatOf names a format that is not text by its first bytes, and says what to do with it; "": it may be text.
func formatOf(head []byte) (what, help string) {
	const unpack, export = "unpack it first (gzip is read as it is)", "save its content as CSV or JSONL (UTF-8)"
	for _, f := range [...]struct{ magic, what, help string }{
		{"PK\x03\x04", "an archive or a spreadsheet", "save it as CSV (UTF-8)"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document, such as .xls", "save it as CSV (UTF-8)"},
		{"\x28\xb5\x2f\xfd", "a zstd archive", unpack},
		{"\xfd7zXZ\x00", "an xz archive", unpack},
		{"7z\xbc\xaf\x27\x1c", "a 7z archive", unpack},
		{"Rar!\x1a\x07", "a RAR archive", unpack},
		{"%PDF-", "a PDF", "copy its text into a text file"},
		{"{\\rtf", "an RTF document", "save it as plain text (UTF-8)"},
		{"PAR1", "a Parquet file", export},
		{"ARROW1", "an Arrow file", export},
		{"Obj\x01", "an Avro file", export},
		{"SQLite format 3\x00", "an SQLite database", export},
		{"\x89PNG\r\n", "a picture", "name a file of prompts"},
		{"\xff\xd8\xff", "a picture", "name a file of prompts"},
	} {
		if bytes.HasPrefix(head, []byte(f.magic)) {
			return f.what, f.help
		}
	}
	if bytes.HasPrefix(head, []byte("BZh")) && bytes.HasPrefix(head[min(len(head), 4):], []byte("1AY&SY")) {
		return "a bzip2 archive", unpack
	}
	return "", ""
}

// isUTF32 reports whether the beginning of a file is UTF-32, with a byte order mark or without one: three of four
// bytes of ASCII are NUL.
func isUTF32(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")) || bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")) ||
		len(head) >= 4 && head[1] == 0 && head[2] == 0 && (head[0] == 0) != (head[3] == 0)
}

// refuseOther refuses what is called a table and is a web page, XML, as servers send spreadsheets, or JSONL.
func refuseOther(name string, kind Kind, head []byte) error {
	if kind != CSV && kind != TSV {
		return nil
	}
	line, _, _ := bytes.Cut(bytes.TrimSpace(head), []byte("\n"))
	if bytes.HasPrefix(line, []byte("{")) && json.Valid(line) {
		return Unusable("%s is JSONL, not a table: give it a name that ends in .jsonl", name)
	}
	start := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 100)]))
	for _, tag := range [...]string{"<?xml", "<!doctype", "<html", "<table", "<head", "<meta", "<style"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return Unusable("%s is a web page or XML, not a table: open it in a spreadsheet and save it as CSV (UTF-8)", name)
		}
	}
	return nil
}

// refuseLineEnds refuses a file whose lines do not end in LF or CRLF: it would be one row. In the cells of a table,
// and in a file with other line ends, a lone CR is data.
func refuseLineEnds(name string, kind Kind, head []byte) error {
	end := lineEnd(head, kind == CSV || kind == TSV)
	switch {
	case end == "\r":
		return Unusable("%s ends its lines with CR alone, as old Macs do: %s makes it readable", name,
			trCommand(`'\r' '\n'`))
	case end == "\r\r\n" && kind != JSONL: // in JSON it is white space
		return Unusable("%s ends its lines with CR CR LF, as Python on Windows does if a CSV is written without "+
			"newline='': %s makes it readable", name, trCommand(`-d '\r'`))
	}
	return nil
}

func trCommand(args string) string { return fmt.Sprintf("`tr %s < FILE > NEW`", args) }

// lineEnd is how the first line ends that is followed by another: "" if there is none. In a table, ends inside of
// quotes do not count.
func lineEnd(head []byte, table bool) string {
	head = bytes.TrimRight(head, "\r")
	quoted, cr := false, false
	for i, c := range head {
		switch {
		case table && c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' && i >= 2 && head[i-1] == '\r' && head[i-2] == '\r':
			return "\r\r\n"
		case c == '\n' && i >= 1 && head[i-1] == '\r':
			return "\r\n"
		case c == '\n':
			return "\n"
		case c == '\r' && table && i+1 < len(head) && head[i+1] != '\n' && head[i+1] != '\r':
			return "\r"
		case c == '\r':
			cr = true
		}
	}
	if cr {
		return "\r"
	}
	return ""
}
