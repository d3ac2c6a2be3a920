package input

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestGzipThatCannotBeUnpacked is an unusable input, which says in words what is wrong with the file.
func TestGzipThatCannotBeUnpacked(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = w.Write(bytes.Repeat([]byte("one prompt, and another one\n"), 5000))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := z.Bytes()
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 0xff // in the checksum
	broken := bytes.Clone(whole)
	copy(broken[30:], "\xff\xff\xff\xff\xff\xff\xff\xff")
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut", whole[:len(whole)/2], "cut off"},
		{"cut in its head", whole[:5], "cut off"},
		{"another checksum", flipped, "damaged (gzip: invalid checksum)"},
		{"broken", broken, "damaged (flate: corrupt input"},
		{"something behind it", append(bytes.Clone(whole), "more than a header"...), "damaged (gzip: invalid header)"},
		{"only the magic", []byte("\x1f\x8bxxxxxxxxxxxxxxx"), "damaged (gzip: invalid header)"},
	} {
		err := Unpack(io.Discard, bytes.NewReader(tt.data))
		var unusable *Error
		if !errors.As(err, &unusable) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	var all bytes.Buffer
	if err := Unpack(&all, bytes.NewReader(append(bytes.Clone(whole), whole...))); err != nil || all.Len() != 280_000 {
		t.Errorf("two members: %d bytes, %v", all.Len(), err)
	}
}
