package input

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// endless is a text without a line end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat("x", min(len(p), 1<<16))), nil
}

// TestRowsThatAreTooLong are named and skipped, and the rows behind them are read.
func TestRowsThatAreTooLong(t *testing.T) {
	long := func(n int64) io.Reader { return io.LimitReader(endless{}, n) }
	for _, c := range []struct {
		name string
		read func(io.Reader, int64, func(Record) error) error
		in   []io.Reader
		want []string
	}{
		{"a line", readLines,
			[]io.Reader{strings.NewReader("a\n"), long(MaxRow + 1), strings.NewReader("\nb")},
			[]string{"1 at 0: a", "2 at 2: " + tooLong, fmt.Sprintf("3 at %d: b", MaxRow+4)}},
		{"the lines of a paragraph", readParagraphs,
			[]io.Reader{long(MaxRow / 2), strings.NewReader("\n"), long(MaxRow / 2), strings.NewReader("\nb\n\nc\nd")},
			[]string{"1 at 0: " + tooLong, fmt.Sprintf("5 at %d: c\nd", MaxRow+5)}},
	} {
		var got []string
		err := c.read(io.MultiReader(c.in...), 0, func(r Record) error {
			text := r.Bad
			if text == "" {
				text = string(r.Data)
			}
			got = append(got, fmt.Sprintf("%d at %d: %s", r.Line, r.Offset, text))
			return nil
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %.200q, want %q (%v)", c.name, got, c.want, err)
		}
	}
}
