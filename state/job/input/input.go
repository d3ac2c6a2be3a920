// Package input turns files into rows: one prompt, or one request body, a row. It knows nothing of runs. Its rules:
//
// An input is read from its beginning once, record by record, and a record is read again by its offset and length.
// Both readings give the same row, and no reading holds more than one record.
//
// A malformed record is a bad row with a reason, not an error: the rows after it are read. An error means that the
// input as a whole can't be used, and wraps ErrUnusable.
package input

import (
	"errors"
	"fmt"
)

// ErrUnusable reports that the input, or how it is to be read, is wrong: the user can put it right.
var ErrUnusable = errors.New("unusable input")

// Error is an ErrUnusable.
type Error struct {
	Message string // what is wrong and what to do about it, without the words of ErrUnusable
	cause   error
}

// Unusable makes an Error. Its message is formatted as by fmt.Errorf, whose %w it wraps.
func Unusable(format string, a ...any) error {
	err := fmt.Errorf(format, a...)
	return &Error{Message: err.Error(), cause: err}
}

func (e *Error) Error() string { return ErrUnusable.Error() + ": " + e.Message }

// Unwrap returns what was wrapped.
func (e *Error) Unwrap() []error { return []error{ErrUnusable, e.cause} }

// MaxRow is the longest record, in bytes.
const MaxRow = 64 << 20

// Kind is the form of an input.
type Kind string

// The kinds.
const (
	JSONL      Kind = "jsonl"
	CSV        Kind = "csv"
	TSV        Kind = "tsv"
	Text       Kind = "text"       // one prompt a line
	Paragraphs Kind = "paragraphs" // prompts with blank lines between them
)
