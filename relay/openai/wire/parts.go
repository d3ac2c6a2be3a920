package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// part is one of the parts that content may be made of, with the field names of all vendors.
type part struct {
	Type, Text, Summary, Refusal, Content, Value, Thinking json.RawMessage
}

// contentOf reads the content of a message. What is neither a string nor made of parts is text as it stands: some
// relays read an answer such as 42 as JSON. whole: it is that of a plain answer; in a stream false is nothing.
func contentOf(raw json.RawMessage, whole bool) (visible, thinking string) {
	visible, thinking = parts(raw)
	if visible != "" || thinking != "" || len(raw) < 2 {
		return visible, thinking
	}
	switch raw[0] {
	case 'f':
		if whole {
			return string(raw), ""
		}
	case '{':
		var p part
		_ = json.Unmarshal(raw, &p) // the document was valid; a field of another type is ignored
		if string(raw) != "{}" && p.isEmpty() {
			return string(raw), ""
		}
	}
	return "", ""
}

// isEmpty reports whether a part has none of the fields that are read.
func (p *part) isEmpty() bool {
	return len(p.Type)+len(p.Text)+len(p.Summary)+len(p.Refusal)+len(p.Content)+len(p.Value)+len(p.Thinking) == 0
}

// parts reads a string, a number, true, a part or a list of parts. Thinking parts are returned apart. What is nested
// deeper than maxNesting is text as it stands, and so is each part and escaped string after maxParts of them: it was
// paid for, and an answer without it may look empty.
func parts(raw json.RawMessage) (visible, thinking string) {
	if len(raw) == 0 || raw[0] == '"' {
		return text(raw), ""
	}
	r := partReader{left: maxParts}
	r.read(raw, maxNesting, &r.visible)
	return r.visible.String(), r.thinking.String()
}

// partReader reads content that is made of parts.
type partReader struct {
	visible, thinking strings.Builder
	left              int // parts and escaped strings that are still decoded
}

func (r *partReader) read(raw []byte, levels int, to *strings.Builder) {
	if len(raw) == 0 {
		return
	}
	switch c := raw[0]; {
	case c == '"' && isPlain(raw), c == '"' && r.left == 0:
		to.Write(raw[1 : len(raw)-1])
	case c == '"':
		r.left--
		to.WriteString(text(raw))
	case c == '-', c >= '0' && c <= '9', c == 't', levels == 0 && c == '[', c == '{' && (levels == 0 || r.left == 0):
		to.Write(raw)
	case c == '[':
		for e := range elements(raw) {
			r.read(e, levels-1, to)
		}
	case c == '{':
		r.left--
		var p part
		_ = json.Unmarshal(raw, &p) // the document was valid; a field of another type is ignored
		if kind := text(p.Type); kind == "reasoning" || kind == "thinking" || !isNull(p.Thinking) {
			to = &r.thinking
		}
		for _, s := range []json.RawMessage{p.Thinking, p.Text, p.Summary, p.Refusal, p.Content, p.Value} {
			r.read(s, levels-1, to)
		}
	}
}

// isPlain reports whether a JSON string reads as it is written.
func isPlain(raw []byte) bool { return bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) }
