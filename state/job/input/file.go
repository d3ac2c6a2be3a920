package input

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

var bom = []byte("\xef\xbb\xbf")

// headSize is how much of a file is read to find its kind, in bytes.
const headSize = 64 << 10

// File is an input that can be read at any offset.
type File struct {
	Kind Kind
	Size int64 // of a copy, once it is complete

	f       *os.File
	name    string
	copy    *Copy // what writes the file; nil: it is there as a whole
	bom     int64 // length of a byte order mark
	dialect dialect
}

// Open opens a plain file. name decides the kind where its extension is known; it is also what errors call the file.
func Open(path, name string, paragraphs bool) (*File, error) {
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	in := &File{f: f, name: name}
	if err := in.inspect(name, paragraphs); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

// OpenCopy is Open of a file that c may still be writing. It waits for enough of it to find its kind.
func OpenCopy(ctx context.Context, path, name string, paragraphs bool, c *Copy) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	line := func(end int64) bool {
		b := make([]byte, min(end, headSize))
		n, _ := f.ReadAt(b, 0) // what can't be read has no line
		return bytes.IndexByte(bytes.TrimLeft(b[:n], " \t\r\n"), '\n') >= 0
	}
	in := &File{f: f, name: name, copy: c}
	if err = c.head(ctx, headSize, line); err == nil {
		err = in.inspect(name, paragraphs)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return in, nil
}

// size is how long the file is, as far as it is known: a copy may become longer.
func (in *File) size() int64 {
	if in.copy == nil {
		return in.Size
	}
	end, _, _, _ := in.copy.state()
	return end
}

// cursor reads a file from an offset to its end. Where a copy is still being written it waits, and calls idle before
// it does.
type cursor struct {
	ctx  context.Context
	in   *File
	off  int64
	idle func()
}

func (c *cursor) Read(p []byte) (int, error) {
	var end int64
	if c.in.copy == nil {
		end = c.in.Size
	} else { // Size is set by the one who reads the records, while others read too
		var err error
		if end, err = c.in.copy.past(c.ctx, c.off, c.idle); err != nil {
			return 0, err
		}
	}
	if c.off >= end {
		return 0, io.EOF
	}
	n, err := c.in.f.ReadAt(p[:min(int64(len(p)), end-c.off)], c.off)
	c.off += int64(n)
	if n > 0 {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		return 0, Unusable("%s became shorter while it was read: put it back as it was, then resume", c.in.name)
	}
	return 0, err
}

func (in *File) inspect(name string, paragraphs bool) error {
	st, err := in.f.Stat()
	if err != nil {
		return fmt.Errorf("looking at the input: %w", err)
	}
	if in.copy == nil {
		in.Size = st.Size()
	}
	head := make([]byte, headSize)
	n, err := in.f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the input: %w", err)
	}
	head = head[:n]
	if err := refuseBinary(name, head); err != nil {
		return err
	}
	if bytes.HasPrefix(head, bom) {
		in.bom, head = int64(len(bom)), head[len(bom):]
	}
	if len(bytes.TrimSpace(head)) == 0 && n < headSize {
		return Unusable("%s is empty: give it one prompt a line", name)
	}
	if in.Kind, err = kindOf(name, head, paragraphs); err != nil {
		return err
	}
	if err := refuseOther(name, in.Kind, head); err != nil {
		return err
	}
	if err := refuseLineEnds(name, in.Kind, head); err != nil {
		return err
	}
	if in.Kind == CSV || in.Kind == TSV {
		in.dialect, err = dialectOf(name, in.Kind, head)
	}
	return err
}

// Format is how the records of the file become rows.
func (in *File) Format(t Template) Format {
	return Format{Kind: in.Kind, Comma: in.dialect.comma, Template: t}
}

// Close closes the file.
func (in *File) Close() error { return in.f.Close() }

// Read reads the n bytes of one record at an offset.
func (in *File) Read(offset int64, n int) ([]byte, error) {
	buf := make([]byte, n)
	_, err := in.f.ReadAt(buf, offset)
	if errors.Is(err, io.EOF) {
		return nil, Unusable("%s became shorter while it was read", in.name)
	}
	if err != nil {
		return nil, Unusable("reading the input again: %w", err)
	}
	return buf, nil
}

// ReadAt reads from the file as it is, which a byte order mark is part of.
func (in *File) ReadAt(p []byte, offset int64) (int, error) { return in.f.ReadAt(p, offset) }

// SHA256 is the sum of the whole file, in hex.
func (in *File) SHA256(ctx context.Context) (string, error) {
	h := sha256.New()
	if _, err := io.CopyBuffer(h, &cursor{ctx, in, 0, func() {}}, make([]byte, 256<<10)); err != nil {
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
