package input

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

var bom = []byte("\xef\xbb\xbf")

// headSize is how much of a file is read to find its kind, in bytes.
const headSize = 64 << 10

// File is an input that can be read at any offset.
type File struct {
	Kind Kind
	Size int64

	f   *os.File
	bom int64 // length of a byte order mark
}

// Open opens a plain file. name decides the kind where its extension is known; it is also what errors call the file.
func Open(path, name string, paragraphs bool) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	in := &File{f: f}
	if err := in.inspect(name, paragraphs); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

func (in *File) inspect(name string, paragraphs bool) error {
	st, err := in.f.Stat()
	if err != nil {
		return fmt.Errorf("looking at the input: %w", err)
	}
	in.Size = st.Size()
	head := make([]byte, headSize)
	n, err := in.f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the input: %w", err)
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return Unusable("%s is UTF-16: save it as UTF-8", name)
	}
	if bytes.HasPrefix(head, bom) {
		in.bom, head = int64(len(bom)), head[len(bom):]
	}
	if len(bytes.TrimSpace(head)) == 0 && n < headSize {
		return Unusable("%s is empty: give it one prompt a line", name)
	}
	in.Kind, err = kindOf(name, head, paragraphs)
	return err
}

// kindOf finds the kind of an input by its name, else by how it begins.
func kindOf(name string, head []byte, paragraphs bool) (Kind, error) {
	if paragraphs {
		return Paragraphs, nil
	}
	head = bytes.TrimSpace(head)
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))) {
	case ".csv":
		return CSV, nil
	case ".tsv", ".tab":
		return TSV, nil
	case ".jsonl", ".ndjson", ".json":
		if len(head) > 0 && head[0] == '[' {
			return "", Unusable("%s is a JSON array, not one JSON value a line: "+
				"`jq -c '.[]' FILE > FILE.jsonl` makes it so", name)
		}
		return JSONL, nil
	}
	line, _, cut := bytes.Cut(head, []byte("\n"))
	if len(line) > 0 && line[0] == '{' && (json.Valid(line) || !cut) {
		return JSONL, nil
	}
	if len(line) > 0 && line[0] == '"' && json.Valid(bytes.TrimSpace(line)) {
		return JSONL, nil
	}
	return Text, nil
}

// Close closes the file.
func (in *File) Close() error { return in.f.Close() }

// Read reads the n bytes of one record at an offset.
func (in *File) Read(offset int64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if _, err := in.f.ReadAt(buf, offset); err != nil {
		return nil, fmt.Errorf("reading the input again: %w", err)
	}
	return buf, nil
}

// SHA256 is the sum of the whole file, in hex.
func (in *File) SHA256() (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(in.f, 0, in.Size)); err != nil {
		return "", fmt.Errorf("reading the input: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// openError says in one line why a file can't be opened and what to do.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Unusable("there is no file %s: check the name and the folder", path)
	case errors.Is(err, fs.ErrPermission):
		return Unusable("no permission to read %s: `chmod u+r` it, or copy it", path)
	}
	return Unusable("opening %s: %w", path, err)
}
