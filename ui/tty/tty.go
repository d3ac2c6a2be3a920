// Package tty filters what a terminal sends, so that the program's decoder cannot misread it.
//
// That decoder looks at one read at a time. It decodes a sequence that is split by more than 50 ms in two parts, and
// the second part as typed letters. An escape string without an end holds back every key behind it. The first byte
// of a split character is lost. So the Reader passes on complete characters and sequences only. Its rules:
//
//   - A character or a sequence is passed on with its last byte. A sequence that gets no further byte for a second is
//     dropped, and so is its end if that comes later. No part of it is ever typed.
//   - ESC alone, and ESC with [, O, ], P or _ alone, are keys after 50 ms. The escape key and keys with alt are passed
//     on as CSI u, which the decoder takes at once and cannot confuse with the start of a sequence.
//   - ctrl+c always arrives. Inside a bracketed paste it must be a read of its own.
//   - A burst is one read and those that follow within 10 ms each. A burst that is text rather than keys is put
//     between the marks of a paste: see burst.
//   - Control characters in a paste are shielded: see Unshield.
//
// The times of the reads decide; there is no goroutine. Where the next bytes decide, Read waits for them, 50 ms at
// most. The cost is linear in the number of bytes.
package tty

import (
	"io"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// Reader filters a terminal. It is a file, so that raw mode and cancelled reads work.
type Reader struct {
	*os.File
	filter filter
	typing atomic.Bool
	raw    [pasteRead]byte
	rest   []byte    // filtered and not yet returned
	err    error     // of the file; returned after the rest
	ready  time.Time // the file was readable before; zero: not known
	gone   chan struct{}
}

// How much is read at a time. The program polls the file before each Read and would not see what is left over here,
// so all that was filtered must fit into one Read. A byte becomes at most eight, and maxHeld bytes may have been held
// back before.
const (
	plainRead = 128
	pasteRead = 512 // inside a bracketed paste
	maxHeld   = 1280
)

// Filter returns a reader that filters a terminal; nil is standard input. An input that is not a file is returned as
// it is, and so is the input on Windows, which the program reads in another way.
func Filter(in io.Reader) io.Reader {
	if in == nil {
		in = os.Stdin
	}
	if f, ok := in.(*os.File); ok && runtime.GOOS != "windows" {
		return &Reader{File: f, gone: make(chan struct{})}
	}
	return in
}

// Gone is closed when nothing more can be read: the terminal was closed. Not every program of a terminal gets a
// signal then: the system sends it to the first one, and `make run` keeps it to itself.
func (r *Reader) Gone() <-chan struct{} { return r.gone }

// Typing sets whether letters are text now. If they are, the first letters of a burst are passed on at once; if they
// are commands, they wait for 10 ms.
func (r *Reader) Typing(on bool) { r.typing.Store(on) }

// Read returns filtered input, perhaps none.
func (r *Reader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.err == nil {
			r.fill(len(p))
		}
		if len(r.rest) == 0 {
			return 0, r.err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// fill reads until the filter waits for nothing, or until another read might not fit into limit bytes.
func (r *Reader) fill(limit int) {
	f := &r.filter
	f.out = f.out[:0]
	before := r.ready
	r.ready = time.Time{}
	ok := r.read(before)
	for ok {
		due := f.due()
		if due.IsZero() {
			break
		}
		if !readable(r.Fd(), time.Until(due)) {
			f.expire(due)
			continue
		}
		if len(f.out)+8*plainRead+maxHeld > limit {
			r.ready = due // the program calls Read again once it has decoded this
			break
		}
		ok = r.read(due)
	}
	r.rest = f.out
}

// read reads the file once. Bytes that were readable before a time count as from before it, however late they are
// read.
func (r *Reader) read(before time.Time) bool {
	f := &r.filter
	size := plainRead
	if f.paste.on {
		size = pasteRead
	}
	n, err := r.File.Read(r.raw[:size])
	at := time.Now()
	if !before.IsZero() && !at.Before(before) {
		at = before.Add(-1)
	}
	f.feed(at, r.raw[:n], r.typing.Load())
	f.full = n == size
	if err != nil {
		r.err = err
		close(r.gone)
		f.expire(at.Add(time.Hour))
	}
	return err == nil
}
