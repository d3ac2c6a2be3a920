package job

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// counted counts the reads of a file.
type counted struct {
	io.ReaderAt
	n int
}

func (c *counted) ReadAt(p []byte, at int64) (int, error) {
	c.n++
	return c.ReaderAt.ReadAt(p, at)
}

// TestAWindowReadsAFileInLargePieces, and gives what is there, in whatever order it is asked for.
func TestAWindowReadsAFileInLargePieces(t *testing.T) {
	var file []byte
	var at []int64
	for i := range 40_000 {
		at = append(at, int64(len(file)))
		n := i % 100
		if i%10_000 == 17 {
			n = 2 << 20
		}
		file = append(append(file, bytes.Repeat([]byte{byte('a' + i%26)}, n)...), '\n')
	}
	f := &counted{ReaderAt: bytes.NewReader(file)}
	check := func(w *window, i int) {
		t.Helper()
		want, _, _ := bytes.Cut(file[at[i]:], []byte("\n"))
		if got, err := w.line(at[i]); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("line %d: %d bytes, %v", i, len(got), err)
		}
		if got, err := w.piece(at[i], len(want)); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("piece %d: %d bytes, %v", i, len(got), err)
		}
	}
	w := &window{f: f}
	for i := range at {
		check(w, max(i-i%7*3, 0))
	}
	if f.n > 200 {
		t.Errorf("%d reads of a file of %d MB", f.n, len(file)>>20)
	}
	w = &window{f: f}
	for range 2000 {
		check(w, rand.IntN(len(at)))
	}
	for i := range 20_000 {
		check(w, i)
	}
	check(w, len(at)-1)
	if cap(w.buf) > 4*windowNear {
		t.Errorf("it keeps %d bytes for the longest line", cap(w.buf))
	}
	if _, err := w.piece(int64(len(file))-3, 4); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("behind the end: %v", err)
	}
	w = &window{f: bytes.NewReader(file[:len(file)-1])}
	if _, err := w.line(at[len(at)-1]); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a line that is cut: %v", err)
	}
}

// TestAWindowSeesWhatWasAppended since it read the end of a file.
func TestAWindowSeesWhatWasAppended(t *testing.T) {
	w := &window{f: bytes.NewReader([]byte("one\ntw"))}
	if got, err := w.line(0); err != nil || string(got) != "one" {
		t.Fatalf("%q, %v", got, err)
	}
	w.f = bytes.NewReader([]byte("one\ntwo\n"))
	if got, err := w.line(4); err != nil || string(got) != "two" {
		t.Errorf("%q, %v", got, err)
	}
}
