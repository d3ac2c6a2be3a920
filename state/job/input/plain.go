package input

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"unicode/utf8"
)

// Plain is a row of one of the two usual shapes: a prompt, or a batch line with a chat of texts. It is read without
// building a tree, in a tenth of the time: a million rows take a second.
type Plain struct {
	ID     string
	Prompt []byte   // nil: the row has a body
	Body   []byte   // canonical
	Model  string   // of Body
	Texts  [][]byte // the contents of the messages of Body
	Output []byte   // the bound that Body sets on its output, in digits; nil: it sets none
}

// Plain reads a record of a usual shape. False: Parse has to read it, and it may be bad. Where it is true, Parse
// gives the same row.
func (f *Format) Plain(data []byte) (p Plain, ok bool) {
	if f.Kind != JSONL || f.Template != nil || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return p, false
	}
	s := plainReader{data: data}
	var custom, own []byte
	batch := false // a key that only a batch line has
	ok = s.object(func(name string) bool {
		var text []byte
		switch name {
		case "custom_id":
			custom = s.text()
			return len(custom) > 0
		case "id":
			own = s.text()
			return len(own) > 0
		case "prompt":
			p.Prompt = s.text()
			return len(bytes.TrimSpace(p.Prompt)) > 0
		case "method":
			text, batch = s.text(), true
			return string(text) == "POST"
		case "url":
			text, batch = s.text(), true
			return string(text) == "/v1"+chatPath
		case "body":
			return s.body(&p)
		}
		return false
	})
	if p.ID = string(custom); p.ID == "" {
		p.ID = string(own)
	}
	return p, ok && s.end() && (p.Prompt == nil) != (p.Body == nil) && !(batch && p.Body == nil)
}

// KeyOfBody is the key of a canonical body of a chat.
func KeyOfBody(body []byte) Key { return KeyOfCanonical("", body) }

// KeyOfPrompt is the key of a canonical body of a chat that has a prompt between two pieces. It makes no copy of the
// body.
func KeyOfPrompt(before, prompt, after []byte) Key {
	h := sha256.New()
	h.Write([]byte(chatPath + "\n"))
	h.Write(before)
	h.Write([]byte{'"'})
	quoted := make([]byte, 0, min(len(prompt)+len(prompt)/8, 2*pieceSize))
	for len(prompt) > 0 {
		n := min(len(prompt), pieceSize)
		for n < len(prompt) && !utf8.RuneStart(prompt[n]) {
			n--
		}
		quoted = appendEscaped(quoted[:0], prompt[:n])
		h.Write(quoted)
		prompt = prompt[n:]
	}
	h.Write([]byte{'"'})
	h.Write(after)
	return Key(h.Sum(nil)[:16])
}

// pieceSize is how much of a prompt is escaped at once, in bytes.
const pieceSize = 32 << 10

// plainReader reads JSON of which it knows what to expect. Its methods fail on anything else.
type plainReader struct {
	data []byte
	i    int
}

func (s *plainReader) blanks() {
	for s.i < len(s.data) && (s.data[s.i] == ' ' || s.data[s.i] == '\t' || s.data[s.i] == '\r' || s.data[s.i] == '\n') {
		s.i++
	}
}

// take reads one sign, and blanks before it.
func (s *plainReader) take(c byte) bool {
	s.blanks()
	if s.i >= len(s.data) || s.data[s.i] != c {
		return false
	}
	s.i++
	return true
}

func (s *plainReader) end() bool {
	s.blanks()
	return s.i == len(s.data)
}

// object reads an object with at least one member. value reads the value of each; no name comes twice.
func (s *plainReader) object(value func(name string) bool) bool {
	var few [8]string
	names := few[:0]
	for open := byte('{'); s.take(open); open = ',' {
		s.blanks()
		text := s.text()
		name := string(text)
		if text == nil || slices.Contains(names, name) || !s.take(':') || !value(name) {
			return false
		}
		names = append(names, name)
	}
	return len(names) > 0 && s.take('}')
}

// text reads a string. nil: it is not one, or one with an escape that is not usual.
func (s *plainReader) text() []byte {
	if !s.take('"') {
		return nil
	}
	from := s.i
	for ; s.i < len(s.data); s.i++ {
		switch c := s.data[s.i]; {
		case c == '"':
			s.i++
			return s.data[from : s.i-1 : s.i-1]
		case c == '\\':
			return s.escaped(from)
		case c < 0x20:
			return nil
		}
	}
	return nil
}

// escaped reads the rest of a string, whose first escape is next.
func (s *plainReader) escaped(from int) []byte {
	out := append(make([]byte, 0, s.rest(from)), s.data[from:s.i]...)
	for s.i < len(s.data) {
		c := s.data[s.i]
		s.i++
		switch {
		case c == '"':
			return out
		case c < 0x20:
			return nil
		case c != '\\':
			out = append(out, c)
			continue
		}
		if s.i >= len(s.data) {
			return nil
		}
		c = s.data[s.i]
		s.i++
		if at := bytes.IndexByte([]byte(`"\/nrtbf`), c); at >= 0 {
			out = append(out, "\"\\/\n\r\t\b\f"[at])
			continue
		}
		r, ok := s.hex()
		if c != 'u' || !ok || !utf8.ValidRune(r) {
			return nil // half of a pair: it takes two of them
		}
		out = utf8.AppendRune(out, r)
	}
	return nil
}

// rest is how long the string that begins at from is, before its escapes are read.
func (s *plainReader) rest(from int) int {
	for i := s.i; i < len(s.data); i++ {
		switch s.data[i] {
		case '\\':
			i++
		case '"':
			return i - from
		}
	}
	return 0 // the string does not end
}

// hex reads four digits.
func (s *plainReader) hex() (r rune, ok bool) {
	if s.i+4 > len(s.data) {
		return 0, false
	}
	for _, c := range s.data[s.i : s.i+4] {
		at := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		if at < 0 {
			return 0, false
		}
		r = r<<4 | rune(at)
	}
	s.i += 4
	return r, true
}

// member is a member of an object, its value in canonical form.
type member struct {
	name  string
	value []byte
}

// body reads the body of a chat whose messages are texts.
func (s *plainReader) body(p *Plain) bool {
	var few [8]member
	members, bounds := few[:0], 0
	ok := s.object(func(name string) bool {
		var v []byte
		switch name {
		case "stream", "stream_options", "input", "prompt", "instructions", "tools", "functions", "response_format":
			return false
		case "model":
			b := s.text()
			p.Model, v = string(b), AppendText(nil, b)
			if len(b) == 0 {
				return false
			}
		case "messages":
			v = s.messages(p)
		case "max_tokens", "max_completion_tokens", "max_output_tokens":
			v, bounds = s.scalar(), bounds+1
			p.Output = v
			if len(v) == 0 || len(v) > 9 || v[0] < '1' || v[0] > '9' || bytes.IndexByte(v, '.') >= 0 {
				return false
			}
		default:
			v = s.scalar()
		}
		members = append(members, member{name, v})
		return v != nil
	})
	if !ok || p.Model == "" || p.Texts == nil || bounds > 1 {
		return false
	}
	slices.SortFunc(members, func(a, b member) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	for i, m := range members {
		p.Body = append(p.Body, "{,"[min(i, 1)])
		p.Body = append(AppendText(p.Body, []byte(m.name)), ':')
		p.Body = append(p.Body, m.value...)
	}
	p.Body = append(p.Body, '}')
	return true
}

// messages reads the messages of a chat, and returns their canonical form.
func (s *plainReader) messages(p *Plain) []byte {
	var out []byte
	for open := byte('['); s.take(open); open = ',' {
		var role, content []byte
		ok := s.object(func(name string) bool {
			switch name {
			case "role":
				role = s.text()
				return len(role) > 0
			case "content":
				content = s.text()
				return content != nil
			}
			return false
		})
		if !ok || role == nil || content == nil {
			return nil
		}
		out = append(out, open)
		out = append(AppendText(append(out, `{"content":`...), content), `,"role":`...)
		out = append(AppendText(out, role), '}')
		p.Texts = append(p.Texts, content)
	}
	if out == nil || !s.take(']') {
		return nil
	}
	return append(out, ']')
}

// scalar reads a number without an exponent, true, false or null.
func (s *plainReader) scalar() []byte {
	s.blanks()
	from := s.i
	for s.i < len(s.data) && bytes.IndexByte([]byte("-.0123456789truefalsn"), s.data[s.i]) >= 0 {
		s.i++
	}
	v := s.data[from:s.i:s.i]
	switch string(v) {
	case "true", "false", "null":
		return v
	}
	digits, fraction, dot := bytes.Cut(bytes.TrimPrefix(v, []byte("-")), []byte("."))
	if len(digits) == 0 || digits[0] == '0' && len(digits) > 1 || dot && len(fraction) == 0 ||
		!decimal(digits) || !decimal(fraction) {
		return nil
	}
	return v
}

func decimal(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c < '0' || c > '9' })
}

// AppendText appends a string as Canonical writes it. b is UTF-8.
func AppendText(dst, b []byte) []byte {
	dst = append(slices.Grow(dst, len(b)+2), '"')
	return append(appendEscaped(dst, b), '"')
}

// appendEscaped is AppendText without the quotes.
func appendEscaped(dst, b []byte) []byte {
	const hexDigits = "0123456789abcdef"
	from := 0
	for i, c := range b {
		wide := c == 0xe2 && i+2 < len(b) && b[i+1] == 0x80 && b[i+2]|1 == 0xa9 // U+2028 and U+2029
		if c >= 0x20 && c != '"' && c != '\\' && !wide {
			continue
		}
		dst = append(dst, b[from:i]...)
		from = i + 1
		short := bytes.IndexByte([]byte("\"\\\n\r\t\b\f"), c)
		switch {
		case wide:
			dst = append(dst, `\u202`...)
			dst = append(dst, hexDigits[b[i+2]&15])
			from = i + 3
		case short >= 0:
			dst = append(dst, '\\', `"\nrtbf`[short])
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, b[from:]...)
}
