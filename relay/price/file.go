package price

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxFile is the largest price file, in bytes; LiteLLM's has one and a half million.
const maxFile = 32 << 20

// Error is a price list that can't be used, and where in it the mistake is.
type Error struct {
	File string // "": no file
	Line int    // from 1; 0: not known
	Err  error
}

// Error is one line: where, and what.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	} else if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	return b.String() + e.Err.Error()
}

// Unwrap gives what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// ReadUser reads the user's own price list in any known format and puts it in place of the last. "" changes
// nothing. The error is an *Error.
func (b *Book) ReadUser(path string) error {
	if path == "" {
		return nil
	}
	data, err := readFile(path)
	if err != nil {
		return &Error{File: path, Err: fmt.Errorf("read the price list: %w", err)}
	}
	t, err := Parse(data)
	if err != nil {
		return &Error{File: path, Line: lineOf(data, err), Err: plain(err)}
	}
	b.SetUser(t)
	return nil
}

// readFile takes regular files only: a device or a pipe might never end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, bare(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, bare(err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("it has more than %d MiB", maxFile>>20)
	}
	return data, nil
}

// bare takes the path off: it stands in front already.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// plain takes an inner place off: it is told with the file.
func plain(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// lineOf is where in a text the mistake is, as far as the error tells.
func lineOf(data []byte, err error) int {
	var (
		e      *Error
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	var offset int64
	switch {
	case errors.As(err, &e):
		return e.Line
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset = int64(len(data))
	default:
		return 0
	}
	lead := int64(len(data) - len(trimmed(data))) // what Parse left out in front
	return 1 + bytes.Count(data[:min(max(lead+offset, 0), int64(len(data)))], []byte("\n"))
}

// trimmed is a text without the BOM and the blanks in front of it.
func trimmed(data []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
}
