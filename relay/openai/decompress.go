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

// The largest answer in bytes, after decompression: streamed, and plain, which is held in memory as a whole. A
// completion is text, embeddings are larger.
const (
	maxStream     = 256 << 20
	maxPlain      = 64 << 20
	maxCompletion = 16 << 20
)

var errHuge = errors.New("the answer is too large")

// bounded fails with errHuge at its limit, where io.LimitReader would report a regular end.
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

// errEncoding means that a body is not encoded as its header states.
var errEncoding = errors.New("the body is not what Content-Encoding says")

// decompressor opens its decoder at the first read, since opening waits for bytes.
type decompressor struct {
	src  io.Reader
	open func(io.Reader) (io.Reader, error)
	z    io.Reader
}

func (u *decompressor) Read(p []byte) (n int, err error) {
	if u.z == nil {
		if u.z, err = u.open(u.src); err != nil {
			u.z = nil
			return 0, encodingError(err)
		}
	}
	n, err = u.z.Read(p)
	return n, encodingError(err)
}

// encodingError marks the errors of the compressed data itself.
func encodingError(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum),
		errors.Is(err, zlib.ErrHeader), errors.Is(err, zlib.ErrChecksum):
		return fmt.Errorf("%w: %w", errEncoding, err)
	}
	return err
}

// decompressed returns the body of a response, up to the largest answer of a model.
func (c *Client) decompressed(resp *http.Response) io.Reader {
	return bound(decoded(resp), c.maxStream)
}

// decoded returns the body of a response. Some servers compress it although the request did not ask for that.
func decoded(resp *http.Response) io.Reader {
	var r io.Reader = resp.Body
	switch kind := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); kind {
	case "gzip", "x-gzip":
		r = &decompressor{src: r, open: func(src io.Reader) (io.Reader, error) { return gzip.NewReader(src) }}
	case "deflate":
		r = &decompressor{src: r, open: inflate}
	case "br", "zstd", "compress":
		r = failing{fmt.Errorf("%w: %s was not asked for", errEncoding, kind)}
	}
	return r
}

// inflate opens a body of the encoding deflate: in the zlib format, or in the raw format of old servers.
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

// failing returns the error that came with the last bytes.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
