// Package jsonline writes JSON objects on one line, member by member, in a fifth of the time that encoding/json
// takes. The result is the same as that of an Encoder with SetEscapeHTML(false). The names of members are plain
// ASCII. A method whose name begins with Opt leaves out a zero value, as omitempty does.
package jsonline

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// Writer appends one object to a slice.
type Writer struct {
	b   []byte
	err error // of the first value that JSON does not have
}

// Append begins an object after b.
func Append(b []byte) Writer { return Writer{b: append(b, '{')} }

// End ends the object, and returns it after what it was appended to.
func (w *Writer) End() ([]byte, error) {
	w.Close()
	return w.b, w.err
}

// Close ends an object that Open began.
func (w *Writer) Close() { w.b = append(w.b, '}') }

// Usage writes tokens; nil is left out.
func (w *Writer) Usage(name string, u *relay.Usage) {
	if u == nil {
		return
	}
	w.Open(name)
	w.Int("input", u.Input)
	w.Int("cached", u.Cached)
	w.OptInt("cache_write", u.CacheWrite)
	w.Int("output", u.Output)
	w.Int("reasoning", u.Reasoning)
	w.Int("total", u.Total)
	w.Bool("estimated", u.Estimated)
	w.OptBool("doubtful", u.Doubtful)
	w.Close()
}

// name begins a member.
func (w *Writer) name(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

// Open begins an object; Close ends it.
func (w *Writer) Open(name string) {
	w.name(name)
	w.b = append(w.b, '{')
}

// Null writes null.
func (w *Writer) Null(name string) {
	w.name(name)
	w.b = append(w.b, "null"...)
}

// String writes a string.
func (w *Writer) String(name, s string) {
	w.name(name)
	w.b = input.AppendText(w.b, []byte(strings.ToValidUTF8(s, "\ufffd")))
}

// OptString is String; "" is left out.
func (w *Writer) OptString(name, s string) {
	if s != "" {
		w.String(name, s)
	}
}

// Int writes an integer.
func (w *Writer) Int(name string, n int64) {
	w.name(name)
	w.b = strconv.AppendInt(w.b, n, 10)
}

// Uint writes an integer that is not negative.
func (w *Writer) Uint(name string, n uint64) {
	w.name(name)
	w.b = strconv.AppendUint(w.b, n, 10)
}

// OptInt is Int; 0 is left out.
func (w *Writer) OptInt(name string, n int64) {
	if n != 0 {
		w.Int(name, n)
	}
}

// OptFloat writes a number; 0 is left out.
func (w *Writer) OptFloat(name string, n float64) {
	if n == 0 {
		return
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		w.fail(fmt.Errorf("%s is %g", name, n))
		return
	}
	w.name(name)
	w.b = strconv.AppendFloat(w.b, n, 'f', -1, 64)
}

// Bool writes true or false.
func (w *Writer) Bool(name string, on bool) {
	w.name(name)
	w.b = strconv.AppendBool(w.b, on)
}

// OptBool is Bool; false is left out.
func (w *Writer) OptBool(name string, on bool) {
	if on {
		w.Bool(name, on)
	}
}

// Time writes a time.
func (w *Writer) Time(name string, at time.Time) {
	w.name(name)
	if y := at.Year(); y < 0 || y > 9999 {
		w.fail(fmt.Errorf("%s is in the year %d", name, y))
	}
	w.b = at.AppendFormat(w.b, `"`+time.RFC3339Nano+`"`)
}

// Raw writes JSON on one line; an empty raw is left out. JSON that has no line break is copied as it is.
func (w *Writer) Raw(name string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	if bytes.IndexByte(raw, '\n') >= 0 {
		var line bytes.Buffer
		w.fail(json.Compact(&line, raw))
		raw = line.Bytes()
	}
	w.name(name)
	w.b = append(w.b, raw...)
}

// Value writes any value as json.Marshal does.
func (w *Writer) Value(name string, v any) {
	raw, err := json.Marshal(v)
	w.fail(err)
	w.Raw(name, raw)
}

func (w *Writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}
