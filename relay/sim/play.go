package sim

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// Play is one response as data: what is sent, when, in which framing, and how it ends. The regular answer is a Play
// like any other; a fault is an Edit of one.
type Play struct {
	Status  int               // 0: 200
	Header  map[string]string // "" removes a default one
	Wait    time.Duration     // from the request to the status line
	Frames  []Frame
	Framing Framing
	Ping    time.Duration // a comment is sent whenever nothing was due for this long; 0: none
	CutAt   int           // the body ends after this many bytes, by End; 0: after the last frame
	Step    int           // bytes in one write; 0: a frame
	Gzip    bool
	End     End
	Fault   string // its name in the statistics; "": no fault
}

// Frame is one piece of a body.
type Frame struct {
	At      time.Duration // when it is due, from the request on; absolute, so that lateness never adds up
	Data    string        // one event's data, or any bytes if Raw
	Name    string        // an event: line
	Raw     bool
	Content bool // it has tokens
}

// Framing is how events are written. The zero value is what OpenAI does.
type Framing struct {
	EOL         string // "" is "\n"
	NoSpace     bool   // data:{...}
	BOM         bool
	Before      string // lines before each event, ended by "\n" each: comments, id:, retry:, empty data
	Split       bool   // each JSON event in two data lines
	NoLastBlank bool   // the last event ends with its line
}

// End is how a response ends.
type End uint8

// The ends.
const (
	EndClean End = iota // as after a complete response
	EndAbort            // the connection closes inside the body
	EndReset            // RST
	EndHold             // the connection stays open until the client leaves or the server closes
)

// stampKey begins the field that holds the time at which a chunk was written, in microseconds since 1970. The
// digits are filled in at the last moment, in place.
const (
	stampKey   = `"sim_sent_us":`
	stampZeros = "0000000000000000"
	stampField = stampKey + stampZeros
)

// piece is a frame as bytes; stamp is where the digits belong, 0 for none.
type piece struct {
	at    time.Duration
	data  []byte
	stamp int
}

// pieces encodes all frames before the first is sent, so that sending costs one write each.
func (p *Play) pieces() []piece {
	size := 0
	for _, f := range p.Frames {
		size += len(f.Data) + len(p.Framing.Before) + len(f.Name) + 32
	}
	buf := make([]byte, 0, size)
	out := make([]piece, 0, len(p.Frames))
	if p.Framing.BOM && len(p.Frames) > 0 {
		buf = append(buf, "\ufeff"...)
	}
	from := 0
	for i, f := range p.Frames {
		if f.Raw {
			buf = append(buf, f.Data...)
		} else {
			buf = p.Framing.event(buf, f, i == len(p.Frames)-1)
		}
		data := buf[from:len(buf):len(buf)]
		stamp := bytes.LastIndex(data, []byte(stampField)) + len(stampKey)
		if stamp < len(stampKey) {
			stamp = 0
		}
		out = append(out, piece{at: f.At, data: data, stamp: stamp})
		from = len(buf)
	}
	return out
}

func (fr Framing) event(buf []byte, f Frame, last bool) []byte {
	eol := fr.EOL
	if eol == "" {
		eol = "\n"
	}
	label := "data: "
	if fr.NoSpace {
		label = "data:"
	}
	buf = append(buf, strings.ReplaceAll(fr.Before, "\n", eol)...)
	if f.Name != "" {
		buf = append(buf, "event: "+f.Name+eol...)
	}
	data := f.Data
	if fr.Split {
		// A line end between two members of an object is white space: the joined data is the same JSON.
		data = strings.Replace(data, `,"object"`, ",\n"+`"object"`, 1)
	}
	for line := range strings.SplitSeq(data, "\n") {
		buf = append(buf, label...)
		buf = append(buf, line...)
		buf = append(buf, eol...)
	}
	if !last || !fr.NoLastBlank {
		buf = append(buf, eol...)
	}
	return buf
}

// mark writes the time into the piece.
func (c piece) mark(now time.Time) {
	if c.stamp > 0 {
		var digits [20]byte
		copy(c.data[c.stamp:c.stamp+len(stampZeros)], strconv.AppendInt(digits[:0], now.UnixMicro(), 10))
	}
}
