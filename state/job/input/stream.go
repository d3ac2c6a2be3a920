package input

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
)

// IsStream reports whether the file at path can be read only once as it is: it is compressed, or a pipe from the
// shell. Such an input is copied with UnpackFile before it is opened. Other files that are not regular are refused:
// they may never end.
func IsStream(path string) (bool, error) {
	if fromShell(path) {
		if st, err := os.Stat(path); err == nil && st.Mode()&fs.ModeNamedPipe != 0 {
			return true, nil
		}
	}
	f, err := openRegular(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	var magic [2]byte
	n, err := io.ReadFull(f, magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, openError(path, err)
	}
	return isGzip(magic[:n]), nil
}

// openRegular opens a regular file. It refuses others before they are opened: to open a pipe waits for its writer.
func openRegular(path string) (*os.File, error) {
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, openError(path, err)
	case st.IsDir():
		return nil, Unusable("%s is a folder: name a file in it", path)
	case !st.Mode().IsRegular():
		return nil, Unusable("%s is not a regular file but %s, which may never end: "+
			"copy it into a file, or pipe it in with - as the input", path, fileType(st.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	return f, nil
}

// fromShell reports whether a path is a descriptor that the shell opened, as for <(command).
func fromShell(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/self/fd/") || path == "/dev/stdin"
}

func fileType(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

func isGzip(head []byte) bool { return len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b }

// Unpack copies a stream, decompressed if it is gzip. An error of the stream is an *Error.
func Unpack(w io.Writer, r io.Reader) error {
	br := bufio.NewReaderSize(r, 256<<10)
	var from io.Reader = br
	if head, err := br.Peek(2); err == nil && isGzip(head) {
		z, err := gzip.NewReader(br)
		if err != nil {
			return unpackError(err)
		}
		from = z
	}
	if _, err := io.Copy(w, from); err != nil {
		return unpackError(err)
	}
	return nil
}

// unpackError says why a stream could not be copied to its end.
func unpackError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Unusable("the gzip data is cut off: copy or download the file again")
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return Unusable("the gzip data is damaged (%w): copy or download the file again, or unpack it with gzip -dc", err)
	}
	return Unusable("keeping a copy of the input: %w", err)
}

// UnpackFile is Unpack of the file at path.
func UnpackFile(w io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return openError(path, err)
	}
	return errors.Join(Unpack(w, f), f.Close())
}
