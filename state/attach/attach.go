// Package attach reads files into the parts of a message.
//
// A file is checked before it is opened, and opened without blocking: a pipe, a device or a socket is refused by its
// mode and never read. A part holds the whole content. Everything here may wait for a disk.
package attach

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
	"unicode/utf8"

	"relaytop/state/session"
)

// The largest files that are accepted, in bytes.
const (
	MostText  = 1 << 20
	MostImage = 10 << 20
)

// Stdin is the name of a part that was read from stdin.
const Stdin = "stdin"

// Read reads a file. The error is one line that names it and says why it was refused.
func Read(path string) (session.Part, error) {
	name := filepath.Base(path)
	f, err := Open(path)
	if err != nil {
		return session.Part{}, fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	return From(name, f)
}

// From reads from a reader as if it were a file of that name.
func From(name string, r io.Reader) (session.Part, error) {
	data, err := io.ReadAll(io.LimitReader(r, MostImage+1))
	if err != nil {
		return session.Part{}, fmt.Errorf("%s can't be read: %w", name, reason(err))
	}
	p, err := part(name, data)
	if err != nil {
		return session.Part{}, fmt.Errorf("%s %w", name, err)
	}
	return p, nil
}

// part makes a part of the content of a file, by its kind.
func part(name string, data []byte) (session.Part, error) {
	kind := imageKind(data)
	switch {
	case len(data) == 0:
		return session.Part{}, errors.New("is empty")
	case kind != "" && len(data) > MostImage:
		return session.Part{}, fmt.Errorf("is larger than %d MiB, the limit for an image", MostImage>>20)
	case kind != "":
		text := base64.StdEncoding.EncodeToString(data)
		return session.Part{Name: name, Image: "data:image/" + kind + ";base64," + text}, nil
	}
	if at := bytes.IndexByte(data[:min(len(data), MostText)], 0); at >= 0 {
		return session.Part{}, fmt.Errorf("is binary: neither text nor a PNG, JPEG, GIF or WebP image (byte %d is 0)", at)
	}
	if len(data) > MostText {
		return session.Part{}, fmt.Errorf("is larger than %d MiB, the limit for a text", MostText>>20)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return session.Part{}, fmt.Errorf("is not UTF-8 text (line %d)", 1+bytes.Count(data[:invalid(data)], []byte{'\n'}))
	}
	return session.Part{Name: name, Text: string(data)}, nil
}

// invalid is the position of the first byte that is not UTF-8.
func invalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// imageKind is the MIME subtype of an image; "" if models do not accept it.
func imageKind(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "jpeg"
	case bytes.HasPrefix(data, []byte("GIF87a")), bytes.HasPrefix(data, []byte("GIF89a")):
		return "gif"
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return "webp"
	}
	return ""
}

// readFor bounds the time to read a file that may block.
const readFor = 2 * time.Second

// Open opens a regular file for reading. Anything else is refused before it is opened: reading it could block for
// good.
func Open(path string) (*os.File, error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if err := regular(before.Mode()); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // it may have become a pipe meanwhile
	if err != nil {
		return nil, reason(err)
	}
	after, err := f.Stat()
	if err == nil {
		err = regular(after.Mode())
	}
	if err != nil {
		f.Close()
		return nil, reason(err)
	}
	// a file of the kernel may block for good; one on a disk has no deadline
	_ = f.SetReadDeadline(time.Now().Add(readFor))
	return f, nil
}

func regular(mode fs.FileMode) error {
	switch {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return errors.New("a folder, not a file")
	case mode&fs.ModeNamedPipe != 0:
		return errors.New("a named pipe, not a file")
	case mode&fs.ModeSocket != 0:
		return errors.New("a socket, not a file")
	case mode&fs.ModeDevice != 0:
		return errors.New("a device, not a file")
	}
	return errors.New("not a regular file")
}

// reason is an error without its path, which the caller names.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
