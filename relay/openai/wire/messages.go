package wire

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"relaytop/relay"
)

// appendMessages appends messages as the body of a request has them. A text is copied once, whatever its length.
func appendMessages(b []byte, messages []relay.Message) []byte {
	b = append(b, '[')
	for i, m := range messages {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendMessage(b, &m)
	}
	return append(b, ']')
}

func appendMessage(b []byte, m *relay.Message) []byte {
	b = append(appendQuoted(append(b, `{"role":`...), m.Role), `,"content":`...)
	switch {
	case len(m.Parts) > 0:
		b = appendParts(b, m.Parts)
	case m.Text == "" && len(m.ToolCalls) > 0:
		b = append(b, "null"...)
	default:
		b = appendQuoted(b, m.Text)
	}
	for i, c := range m.ToolCalls {
		if i == 0 {
			b = append(b, `,"tool_calls":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendQuoted(append(b, `{"id":`...), c.ID)
		b = appendQuoted(append(b, `,"type":"function","function":{"name":`...), c.Name)
		b = append(appendQuoted(append(b, `,"arguments":`...), c.Arguments), "}}"...)
	}
	if len(m.ToolCalls) > 0 {
		b = append(b, ']')
	}
	if m.ToolID != "" {
		b = appendQuoted(append(b, `,"tool_call_id":`...), m.ToolID)
	}
	return append(b, '}')
}

func appendParts(b []byte, parts []relay.Part) []byte {
	open := byte('[')
	for _, p := range parts {
		if p.Text != "" {
			b = append(appendQuoted(append(append(b, open), `{"type":"text","text":`...), p.Text), '}')
			open = ','
		}
		if p.Image != "" {
			b = append(append(b, open), `{"type":"image_url","image_url":{"url":`...)
			b = append(appendQuoted(b, p.Image), "}}"...)
			open = ','
		}
	}
	if open == '[' {
		b = append(b, open)
	}
	return append(b, ']')
}

// messagesSize is about how many bytes appendMessages appends: as many, unless a text has escapes that are rare.
func messagesSize(messages []relay.Message) int {
	const around = 64 // keys and signs
	n := around
	for _, m := range messages {
		n += around + len(m.Role) + len(m.ToolID)
		if len(m.Parts) == 0 {
			n += quotedSize(m.Text)
		}
		for _, p := range m.Parts {
			n += 2*around + quotedSize(p.Text) + quotedSize(p.Image)
		}
		for _, c := range m.ToolCalls {
			n += 2*around + len(c.ID) + len(c.Name) + quotedSize(c.Arguments)
		}
	}
	return n
}

// quotedSize is how long a text is in JSON, without the escapes that are rare.
func quotedSize(s string) int {
	n := len(s) + 2
	for _, sign := range [...]string{"\n", `"`, `\`} {
		n += strings.Count(s, sign)
	}
	return n
}

func quote(s string) json.RawMessage { return appendQuoted(make([]byte, 0, quotedSize(s)), s) }

// appendQuoted appends a text as encoding/json writes it without the escapes for HTML.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		broken := r == utf8.RuneError && n == 1
		if c < utf8.RuneSelf || broken || r == '\u2028' || r == '\u2029' {
			b = appendEscape(append(b, s[from:i]...), r)
			from = i + n
		}
		i += n
	}
	return append(append(b, s[from:]...), '"')
}

// appendEscape appends the escape of a character below U+10000.
func appendEscape(b []byte, r rune) []byte {
	if at := strings.IndexRune("\"\\\n\r\t\b\f", r); at >= 0 {
		return append(b, '\\', `"\nrtbf`[at])
	}
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
