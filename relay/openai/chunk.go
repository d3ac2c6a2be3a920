package openai

import (
	"encoding/json"

	"relaytop/relay"
)

// chunk is what one event of a stream, or one plain answer, says. Only one choice counts, the lowest of the first chunk that has any:
// several answers are never mixed.
type chunk struct {
	id, model string
	content   string
	reasoning string
	refusal   string
	finish    string // "" until there is one
	tools     []toolDelta
	usage     *relay.Usage
	cost      *relay.Money
	fault     []byte  // the error object, as JSON
	halves    *halves // nil: neither text is cut within a letter
	index     int32   // of that choice
	choice    bool    // there was a choice
	object    bool    // it is a JSON object without choices, and no error: /embeddings and its like
}

// toolDelta is a piece of a tool call.
type toolDelta struct {
	index    int // as sent; -1: not said
	id, name string
	args     string
}

// decoder turns JSON into chunks. The usual shapes go through scan, one pass and one allocation; anything unusual goes through
// encoding/json. It remembers the strings that are the same in each chunk of a stream.
type decoder struct {
	id, model, finish string
	scratch           []byte
	index             int32 // of the choice that is followed; 0 also before that is known
	follows           bool  // it is known
}

// decode reads one JSON document. The error is a syntax error: fields of an unexpected type are passed over.
func (d *decoder) decode(data []byte) (chunk, error) {
	if c, ok := d.scan(data); ok && d.index == 0 { // what it takes has one choice, the first
		d.follows = true
		return c, nil
	}
	return d.decodeRest(data)
}

// decodeRest reads what is unusual.
func (d *decoder) decodeRest(data []byte) (chunk, error) {
	want := lowest
	if d.follows {
		want = d.index
	}
	c, err := decodeChoice(data, want)
	if err == nil && c.choice && !d.follows {
		d.follows, d.index = true, c.index
	}
	return c, err
}

// lowest stands for the choice with the lowest index.
const lowest int32 = -1

// same returns b as a string, without an allocation if it is what last holds.
func same(last *string, b []byte) string {
	if string(b) != *last {
		*last = string(b)
	}
	return *last
}

// isNull reports whether a raw value is not there or says nothing.
func isNull(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "{}", "false", "[]", "0":
		return true
	}
	return false
}
