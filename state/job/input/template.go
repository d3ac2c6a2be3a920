package input

import (
	"strings"
)

// Template is a prompt with {{name}} in it, cut into pieces: text and name in turn. nil is no template.
type Template []string

// ParseTemplate reads a template; "" gives nil.
func ParseTemplate(s string) (Template, error) {
	if s == "" {
		return nil, nil
	}
	var t Template
	for {
		text, rest, ok := strings.Cut(s, "{{")
		if t = append(t, text); !ok {
			break
		}
		name, rest, ok := strings.Cut(rest, "}}")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, Unusable("the template has a {{ without a name and }}")
		}
		t, s = append(t, name), rest
	}
	if len(t) == 1 {
		return nil, Unusable("the template has no {{variable}}: every row would be the same prompt")
	}
	return t, nil
}

// fill puts values in place of the names; missing is the first name that has no value.
func (t Template) fill(vars map[string]string) (text, missing string) {
	var b strings.Builder
	for i, piece := range t {
		if i%2 == 0 {
			b.WriteString(piece)
			continue
		}
		v, ok := vars[piece]
		if !ok {
			return "", piece
		}
		b.WriteString(v)
	}
	return b.String(), ""
}
