package job

import (
	"fmt"
	"strings"
)

// template is a text with {{name}} in it, cut into pieces: text and name by turns.
type template []string

// parseTemplate reads a template; "" is none.
func parseTemplate(s string) (template, error) {
	if s == "" {
		return nil, nil
	}
	var t template
	for {
		text, rest, ok := strings.Cut(s, "{{")
		if t = append(t, text); !ok {
			break
		}
		name, rest, ok := strings.Cut(rest, "}}")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, fmt.Errorf("%w: the template has a {{ without a name and }}", ErrInput)
		}
		t, s = append(t, name), rest
	}
	if len(t) == 1 {
		return nil, fmt.Errorf("%w: the template has no {{variable}}: every row would be the same prompt", ErrInput)
	}
	return t, nil
}

// fill puts values in place of the names; missing is the first name that has none.
func (t template) fill(vars map[string]string) (text, missing string) {
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
