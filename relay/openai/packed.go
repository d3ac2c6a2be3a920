package openai

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// The bounds of one answer in bytes, after unpacking: a stream, and a plain one, which is held in memory whole.
const (
	maxStream = 256 << 20
	maxPlain  = 64 << 20
)

var errHuge = errors.New("the answer is larger than relaytop takes")

// bounded fails with errHuge where io.LimitReader would end as if all were well.
type bounded struct {
	r     io.Reader
	left  int64
	limit int64
}

func bound(r io.Reader, limit int64) *bounded { return &bounded{r, limit, limit} }

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: more than %d MiB", errHuge, b.limit>>20)
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// errPacking says that a body is not packed as its header says.
var errPacking = errors.New("the body is not what Content-Encoding says")

// unpack opens the packing at the first read: opening it waits for bytes.
type unpack struct {
	src  io.Reader
	open func(io.Reader) (io.Reader, error)
	z    io.Reader
}

func (u *unpack) Read(p []byte) (n int, err error) {
	if u.z == nil {
		if u.z, err = u.open(u.src); err != nil {
			u.z = nil
			return 0, packing(err)
		}
	}
	n, err = u.z.Read(p)
	return n, packing(err)
}

// packing marks the errors that the packing itself makes.
func packing(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum):
		return fmt.Errorf("%w: %w", errPacking, err)
	}
	return err
}

// decoded is the body, unpacked if the server packed it unasked.
func (c *Client) decoded(resp *http.Response) io.Reader {
	var r io.Reader = resp.Body
	switch kind := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); kind {
	case "gzip", "x-gzip":
		r = &unpack{src: r, open: func(src io.Reader) (io.Reader, error) { return gzip.NewReader(src) }}
	case "deflate":
		r = &unpack{src: r, open: inflate}
	case "br", "zstd", "compress":
		r = failing{fmt.Errorf("%w: %s was not asked for", errPacking, kind)}
	}
	return bound(r, c.maxStream)
}

// inflate opens what goes by the name of deflate: zlib's form, or that of old servers without its header.
func inflate(src io.Reader) (io.Reader, error) {
	br := bufio.NewReader(src)
	b, err := br.Peek(2)
	if err != nil {
		return nil, err
	}
	if b[0]&0x0f == 8 && (int(b[0])<<8|int(b[1]))%31 == 0 {
		return zlib.NewReader(br)
	}
	return flate.NewReader(br), nil
}

// failing hands on an error that came with the last bytes.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
