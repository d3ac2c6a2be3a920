package openai

import (
	"io"
	"sync"

	"relaytop/relay/sse"
)

// keepBuffer is the size in bytes beyond which a buffer is not used again: that of the head of a chat's answer, and
// some.
const keepBuffer = 128 << 10

// buffers are those of the answers of one client. A new one for each row of a batch would make up a third of what
// the garbage collector has to do.
type buffers struct {
	bytes   sync.Pool // of *[]byte
	readers sync.Pool // of *sse.Reader
}

// get returns an empty buffer of at least 4 KiB. The caller gives it back by put.
func (p *buffers) get() *[]byte {
	if b, ok := p.bytes.Get().(*[]byte); ok {
		*b = (*b)[:0]
		return b
	}
	b := make([]byte, 0, 4<<10)
	return &b
}

func (p *buffers) put(b *[]byte) {
	if cap(*b) <= keepBuffer {
		p.bytes.Put(b)
	}
}

// reader returns a reader of an event stream. The caller gives it back by putReader.
func (p *buffers) reader(src io.Reader) *sse.Reader {
	if r, ok := p.readers.Get().(*sse.Reader); ok {
		r.Reset(src)
		return r
	}
	return sse.NewReader(src)
}

func (p *buffers) putReader(r *sse.Reader) {
	r.Reset(nil) // it holds on to nothing of this answer
	p.readers.Put(r)
}
