package wire

import (
	"encoding/json"
	"iter"
)

// The bounds of what is read of an answer, so that a document costs time and memory by its size alone.
const (
	maxNesting = 8       // levels of parts within parts
	maxParts   = 1 << 16 // parts and escaped strings of one content that are decoded
	maxChoices = 128     // choices of one document, and about as many as relays can be asked for
	maxPieces  = 2048    // tool calls of one choice
)

// elements yields the elements of a valid JSON array, or the members of an object, without copying them.
func elements(raw []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		start, depth, quoted := 1, 0, false
		for i := 0; i < len(raw); i++ {
			switch c := raw[i]; {
			case quoted && c == '\\':
				i++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '[' || c == '{':
				depth++
			case depth == 1 && (c == ',' || c == ']' || c == '}'):
				if e := trim(raw[start:i]); len(e) > 0 && !yield(e) || c != ',' {
					return
				}
				start = i + 1
			case c == ']' || c == '}':
				depth--
			}
		}
	}
}

// trim removes the white space of JSON from both ends.
func trim(b []byte) []byte {
	white := func(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
	for len(b) > 0 && white(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && white(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// isArray reports whether a valid JSON value is an array.
func isArray(raw []byte) bool { return len(raw) > 0 && raw[0] == '[' }

// choices are the choices of a document, those beyond maxChoices left out. A value of another type is read as none.
type choices []choice

// UnmarshalJSON never fails, so that one bad field does not lose the others.
func (l *choices) UnmarshalJSON(raw []byte) error {
	*l = decodeList[choice](raw, maxChoices)
	return nil
}

// toolCalls are the pieces of tool calls in one message, those beyond maxPieces left out.
type toolCalls []toolCall

// UnmarshalJSON never fails, so that one bad field does not lose the others.
func (l *toolCalls) UnmarshalJSON(raw []byte) error {
	*l = decodeList[toolCall](raw, maxPieces)
	return nil
}

func decodeList[T any](raw []byte, most int) (list []T) {
	if !isArray(raw) {
		return nil
	}
	for e := range elements(raw) {
		if len(list) == most {
			break
		}
		var v T
		_ = json.Unmarshal(e, &v) // the document was valid; a field of another type is ignored
		list = append(list, v)
	}
	return list
}
