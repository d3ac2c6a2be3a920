package job

import (
	"bufio"
	"bytes"
	"compress/gzip"
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

// kind is the form of an input.
type kind string

const (
	kindJSONL      kind = "jsonl"
	kindCSV        kind = "csv"
	kindTSV        kind = "tsv"
	kindText       kind = "text"
	kindParagraphs kind = "paragraphs"
)

var bom = []byte("\xef\xbb\xbf")

// source is an input that can be read again at any offset.
type source struct {
	f    *os.File
	size int64
	kind kind
	skip int64 // length of a BOM
}

// openSource opens an input that stands in a plain file. name decides the kind where its ending is known.
func openSource(path, name string, paragraphs bool) (*source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, inputError(path, err)
	}
	s := &source{f: f}
	if err := s.look(name, paragraphs); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return s, nil
}

func (s *source) look(name string, paragraphs bool) error {
	st, err := s.f.Stat()
	if err != nil {
		return fmt.Errorf("looking at the input: %w", err)
	}
	s.size = st.Size()
	head := make([]byte, 64<<10)
	n, err := s.f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the input: %w", err)
	}
	head = head[:n]
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return fmt.Errorf("%w: %s is UTF-16: save it as UTF-8", ErrInput, name)
	}
	if bytes.HasPrefix(head, bom) {
		s.skip, head = int64(len(bom)), head[len(bom):]
	}
	if len(bytes.TrimSpace(head)) == 0 && n < 64<<10 {
		return fmt.Errorf("%w: %s is empty: give it one prompt a line", ErrInput, name)
	}
	s.kind, err = sniff(name, head, paragraphs)
	return err
}

// sniff finds the kind of an input by its name, else by how it begins.
func sniff(name string, head []byte, paragraphs bool) (kind, error) {
	if paragraphs {
		return kindParagraphs, nil
	}
	first := bytes.TrimSpace(head)
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))) {
	case ".csv":
		return kindCSV, nil
	case ".tsv", ".tab":
		return kindTSV, nil
	case ".jsonl", ".ndjson", ".json":
		if len(first) > 0 && first[0] == '[' {
			return "", fmt.Errorf("%w: %s is a JSON array, not one JSON value a line: `jq -c '.[]' FILE > FILE.jsonl` makes it so", ErrInput, name)
		}
		return kindJSONL, nil
	}
	line, _, cut := bytes.Cut(first, []byte("\n"))
	if len(line) > 0 && line[0] == '{' && (json.Valid(line) || !cut) {
		return kindJSONL, nil
	}
	if len(line) > 0 && line[0] == '"' && json.Valid(bytes.TrimSpace(line)) {
		return kindJSONL, nil
	}
	return kindText, nil
}

func (s *source) close() error { return s.f.Close() }

// at reads one record again.
func (s *source) at(off int64, n int) ([]byte, error) {
	buf := make([]byte, n)
	if _, err := s.f.ReadAt(buf, off); err != nil {
		return nil, fmt.Errorf("reading the input again: %w", err)
	}
	return buf, nil
}

// sum is the SHA-256 of the whole input in hex.
func (s *source) sum() (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(s.f, 0, s.size)); err != nil {
		return "", fmt.Errorf("reading the input: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// inputError says in one line what is wrong with an input and what to do.
func inputError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: there is no file %s: check the name and the folder", ErrInput, path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: no permission to read %s: `chmod u+r` it, or copy it", ErrInput, path)
	}
	return fmt.Errorf("%w: opening %s: %w", ErrInput, path, err)
}

// handedOn reports whether a path is a descriptor that the shell gave us, as <(command) is.
func handedOn(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/") || path == "/dev/stdin"
}

func fileKind(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// needsSpool reports whether an input can only be read once as it stands: compressed, or a pipe that the shell gave us. Of what else is no
// regular file nobody knows whether it ends.
func needsSpool(path string) (bool, error) {
	st, err := os.Stat(path)
	if err != nil {
		return false, inputError(path, err)
	}
	if st.IsDir() {
		return false, fmt.Errorf("%w: %s is a folder: name a file in it", ErrInput, path)
	}
	if handedOn(path) && st.Mode()&fs.ModeNamedPipe != 0 {
		return true, nil
	}
	if !st.Mode().IsRegular() {
		return false, fmt.Errorf("%w: %s is no regular file but %s, which may never end: copy it into a file, or pipe it in with - as the input",
			ErrInput, path, fileKind(st.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return false, inputError(path, err)
	}
	defer f.Close()
	var magic [2]byte
	n, err := io.ReadFull(f, magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, inputError(path, err)
	}
	return n == 2 && magic == [2]byte{0x1f, 0x8b}, nil
}

// spool writes a stream to a plain file, unpacked if it is gzip.
func spool(r io.Reader, path string) error {
	br := bufio.NewReaderSize(r, 256<<10)
	var from io.Reader = br
	if magic, err := br.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(br)
		if err != nil {
			return fmt.Errorf("%w: unpacking: %w", ErrInput, err)
		}
		from = z
	}
	f, err := openOwn(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, from); err != nil {
		return errors.Join(fmt.Errorf("%w: keeping a copy of the input: %w", ErrInput, err), f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}
