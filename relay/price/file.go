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

// maxFile is the largest price file in bytes; LiteLLM's has 1.5 million.
const maxFile = 32 << 20

// Error says why a price list can't be used, and where in it the error is.
type Error struct {
	File string // "": no file
	Line int    // from 1; 0: not known
	Err  error
}

// Error returns one line: where, and what.
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

// Unwrap returns what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// ReadUser replaces the user's own price list with a file in any known format. An empty path changes nothing. The
// error is an *Error.
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
		return &Error{File: path, Line: lineOf(data, err), Err: withoutPlace(err)}
	}
	b.SetUser(t)
	return nil
}

// readFile reads regular files only: a device or a pipe may never end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
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
		return nil, fmt.Errorf("it is larger than %d MiB", maxFile>>20)
	}
	return data, nil
}

// bare removes the path from an error: an Error has it.
func bare(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// withoutPlace removes the line from an inner Error: the outer one has it.
func withoutPlace(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// lineOf returns the line of an error, from 1; 0: not known.
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
	lead := int64(len(data) - len(trimmed(data))) // what Parse skipped at the start
	return 1 + bytes.Count(data[:min(max(lead+offset, 0), int64(len(data)))], []byte("\n"))
}

// trimmed returns a text without the byte order mark and white space at its start.
func trimmed(data []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
}
