package job

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"relaytop/relay"
)

// recordReader reads the lines of a journal without building a tree of their JSON: the answer in a record, which is
// most of it, is passed over. A line that does not look as encodeRecord writes it is left to encoding/json.
//
// The record it returns, its body and its amounts are valid until the next call.
type recordReader struct {
	rec   record
	usage relay.Usage
	cost  relay.Cost
	data  []byte
	i     int
}

// read reads a line without its end. False: it is not one that we wrote whole.
func (d *recordReader) read(line []byte) (*record, bool) {
	raw, ok := sealed(line)
	if !ok {
		return nil, false
	}
	last := d.rec
	d.rec, d.data, d.i = record{}, raw, 0
	if d.object(func(name []byte) bool { return d.field(name, &last) }) && d.i == len(d.data) {
		return &d.rec, true
	}
	var r record
	if json.Unmarshal(raw, &r) != nil {
		return nil, false
	}
	return &r, true
}

// field reads a field of the record. last is the record before: most of its texts are the same.
func (d *recordReader) field(name []byte, last *record) bool {
	r := &d.rec
	switch string(name) {
	case "k":
		return d.text(&r.Key, "")
	case "o":
		return number(d, &r.Occ)
	case "n":
		return number(d, &r.N)
	case "id":
		return d.text(&r.ID, "")
	case "try":
		return number(d, &r.Try)
	case "s":
		return d.text(&r.State, last.State)
	case "at":
		return r.At.UnmarshalText(d.quoted()) == nil
	case "rq":
		return d.id(&r.Request)
	case "body":
		r.Body = d.value()
		return r.Body != nil
	case "http":
		return number(d, &r.HTTP)
	case "status":
		return d.text((*string)(&r.Status), string(last.Status))
	case "usage":
		d.usage, r.Usage = relay.Usage{}, &d.usage
		return d.object(func(name []byte) bool { return d.tokens(name, &d.usage) })
	case "cost":
		d.cost, r.Cost = relay.Cost{}, &d.cost
		return d.object(func(name []byte) bool { return d.amount(name, &d.cost, last.Cost) })
	case "prior":
		return number(d, &r.Prior)
	}
	return d.figure(name, last)
}

// figure reads a field that says how the row was answered.
func (d *recordReader) figure(name []byte, last *record) bool {
	r := &d.rec
	switch string(name) {
	case "ttft":
		return d.milliseconds(&r.TTFT)
	case "e2e":
		return d.milliseconds(&r.E2E)
	case "tps":
		return d.milliseconds(&r.TPS)
	case "finish":
		return d.text(&r.Finish, last.Finish)
	case "model":
		return d.text(&r.Model, last.Model)
	case "asked":
		return d.text(&r.Asked, last.Asked)
	case "ep":
		return d.text(&r.Endpoint, last.Endpoint)
	case "attempts":
		return number(d, &r.Attempts)
	case "remote":
		return d.text(&r.Remote, last.Remote)
	case "cached_answer":
		return d.boolean(&r.Cached)
	case "cut":
		return d.boolean(&r.Cut)
	case "err":
		return json.Unmarshal(d.value(), &r.Err) == nil
	case "before":
		return json.Unmarshal(d.value(), &r.Before) == nil
	case "fallback":
		return json.Unmarshal(d.value(), &r.Fallback) == nil
	case "part":
		return json.Unmarshal(d.value(), &r.Part) == nil
	}
	return false
}

func (d *recordReader) tokens(name []byte, u *relay.Usage) bool {
	switch string(name) {
	case "input":
		return number(d, &u.Input)
	case "cached":
		return number(d, &u.Cached)
	case "cache_write":
		return number(d, &u.CacheWrite)
	case "output":
		return number(d, &u.Output)
	case "reasoning":
		return number(d, &u.Reasoning)
	case "total":
		return number(d, &u.Total)
	case "estimated":
		return d.boolean(&u.Estimated)
	case "doubtful":
		return d.boolean(&u.Doubtful)
	}
	return false
}

func (d *recordReader) amount(name []byte, c, last *relay.Cost) bool {
	if last == nil {
		last = c
	}
	switch string(name) {
	case "Amount":
		return number(d, &c.Amount)
	case "Source":
		return d.text((*string)(&c.Source), string(last.Source))
	case "Estimated":
		return d.boolean(&c.Estimated)
	case "List":
		return number(d, &c.List)
	case "ListKnown":
		return d.boolean(&c.ListKnown)
	case "AsOf":
		return d.text(&c.AsOf, last.AsOf)
	case "Part":
		return number(d, &c.Part)
	}
	return false
}

// take passes over one byte.
func (d *recordReader) take(c byte) bool {
	if d.i < len(d.data) && d.data[d.i] == c {
		d.i++
		return true
	}
	return false
}

// object reads an object, which has no blanks between its parts. field reads the value of each member.
func (d *recordReader) object(field func(name []byte) bool) bool {
	for open := byte('{'); d.take(open); open = ',' {
		name := d.quoted()
		if name == nil || !d.take(':') || !field(name) {
			return false
		}
	}
	return d.take('}')
}

// quoted reads a string of ASCII without escapes; nil: it is not one.
func (d *recordReader) quoted() []byte {
	if !d.take('"') {
		return nil
	}
	for i, c := range d.data[d.i:] {
		switch {
		case c == '"':
			s := d.data[d.i : d.i+i : d.i+i]
			d.i += i + 1
			return s
		case c == '\\' || c >= utf8.RuneSelf:
			return nil
		}
	}
	return nil
}

// text reads a string. If it is the same as last, that is kept: it takes no memory.
func (d *recordReader) text(to *string, last string) bool {
	from := d.i
	if b := d.quoted(); b != nil {
		if *to = last; string(b) != last {
			*to = string(b)
		}
		return true
	}
	d.i = from
	return json.Unmarshal(d.value(), to) == nil
}

// digits reads a number.
func (d *recordReader) digits() []byte {
	from := d.i
	for d.i < len(d.data) && d.data[d.i] != ',' && d.data[d.i] != '}' {
		d.i++
	}
	return d.data[from:d.i]
}

func number[N ~int | ~int64](d *recordReader, to *N) bool {
	negative := d.take('-')
	v, ok := d.unsigned()
	if *to = N(v); negative {
		*to = -N(v)
	}
	return ok && v <= math.MaxInt64
}

// unsigned reads a number without a sign or a fraction.
func (d *recordReader) unsigned() (v uint64, ok bool) {
	from := d.i
	for d.i < len(d.data) && d.data[d.i]-'0' <= 9 {
		v = 10*v + uint64(d.data[d.i]-'0')
		d.i++
	}
	if d.i-from > 19 { // it may be too long
		wide, err := strconv.ParseUint(string(d.data[from:d.i]), 10, 64)
		return wide, err == nil
	}
	return v, d.i > from
}

func (d *recordReader) id(to *relay.ID) bool {
	v, ok := d.unsigned()
	*to = relay.ID(v)
	return ok
}

func (d *recordReader) milliseconds(to *float64) (ok bool) {
	v, err := strconv.ParseFloat(string(d.digits()), 64)
	*to = v
	return err == nil
}

func (d *recordReader) boolean(to *bool) bool {
	v := string(d.digits())
	*to = v == "true"
	return *to || v == "false"
}

// value passes over one value and returns its text; nil: it has no end.
func (d *recordReader) value() []byte {
	from, depth := d.i, 0
	for ; d.i < len(d.data); d.i++ {
		switch d.data[d.i] {
		case '"':
			if !d.pastText() {
				return nil
			}
			d.i--
		case '{', '[':
			depth++
			continue
		case '}', ']':
			if depth--; depth < 0 { // the end of the object around it
				return d.data[from:d.i:d.i]
			}
		case ',':
			if depth == 0 {
				return d.data[from:d.i:d.i]
			}
			continue
		default:
			continue
		}
		if depth == 0 {
			d.i++
			return d.data[from:d.i:d.i]
		}
	}
	return nil
}

// pastText passes over a string, escapes included.
func (d *recordReader) pastText() bool {
	for d.i++; d.i < len(d.data); d.i++ {
		n := bytes.IndexByte(d.data[d.i:], '"')
		if n < 0 {
			return false
		}
		d.i += n
		escapes := 0
		for d.data[d.i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			d.i++
			return true
		}
	}
	return false
}
