package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// parsed is what a record says. Either body or messages is set, unless bad tells why it can't be sent.
type parsed struct {
	id       string // "": the row has none of its own
	path     string // "": /chat/completions
	body     map[string]any
	messages []any
	bad      string
}

// form is how the records of one run are read.
type form struct {
	kind     kind
	comma    rune
	header   []string
	template template
}

// parse reads one record. It fails no run: what is wrong with the record is in bad.
func (f *form) parse(data []byte) parsed {
	if !utf8.Valid(data) {
		return parsed{bad: "not UTF-8"}
	}
	switch f.kind {
	case kindJSONL:
		return f.parseJSON(data)
	case kindCSV, kindTSV:
		return f.parseCSV(data)
	}
	text := string(data)
	if f.kind == kindParagraphs {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return f.prompt(parsed{}, text, map[string]string{"prompt": text, "text": text})
}

func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value in the line")
	}
	return v, nil
}

func (f *form) parseJSON(data []byte) parsed {
	v, err := decode(data)
	if err != nil {
		return parsed{bad: "not JSON: " + jsonReason(err)}
	}
	switch v := v.(type) {
	case string:
		return f.prompt(parsed{}, v, map[string]string{"prompt": v, "text": v})
	case map[string]any:
		return f.parseObject(v)
	}
	return parsed{bad: "neither an object nor a string"}
}

func jsonReason(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "it ends too early"
	}
	return err.Error()
}

func (f *form) parseObject(o map[string]any) parsed {
	var p parsed
	for _, k := range [...]string{"custom_id", "id"} {
		if p.id == "" {
			p.id = scalar(o[k])
		}
	}
	if body, ok := o["body"]; ok {
		return parseBatch(p, o, body)
	}
	if m, ok := o["messages"]; ok {
		return withMessages(p, m)
	}
	vars := make(map[string]string, len(o))
	for k, v := range o {
		vars[k] = asText(v)
	}
	if text, ok := o["prompt"].(string); ok {
		return f.prompt(p, text, vars)
	}
	if f.template != nil {
		return f.prompt(p, "", vars)
	}
	p.bad = "none of the keys body, messages and prompt, and no template (--template) that says what to ask"
	return p
}

func parseBatch(p parsed, o map[string]any, body any) parsed {
	var ok bool
	if p.body, ok = body.(map[string]any); !ok {
		p.bad = "body is not an object"
		return p
	}
	if m, there := o["method"]; there && m != "POST" {
		p.bad = "method is not POST"
		return p
	}
	if u, there := o["url"]; there {
		s, _ := u.(string)
		p.path, ok = pathOf(s)
		if !ok {
			p.bad = fmt.Sprintf("url %.60q: not a path like /v1/chat/completions", s)
			return p
		}
	}
	if p.path == "" {
		if m, ok := p.body["messages"].([]any); !ok || len(m) == 0 {
			p.bad = "body has no messages"
		}
	}
	return p
}

// pathOf turns a batch row's url into a path below the base URL. Only what answers one JSON with one JSON can be a row.
func pathOf(url string) (string, bool) {
	switch path := strings.TrimPrefix(url, "/v1"); path {
	case "/chat/completions":
		return "", true
	case "/completions", "/embeddings", "/responses", "/moderations":
		return path, true
	}
	return "", false
}

func withMessages(p parsed, m any) parsed {
	list, ok := m.([]any)
	if !ok || len(list) == 0 {
		p.bad = "messages is not a list with something in it"
		return p
	}
	for i, v := range list {
		o, ok := v.(map[string]any)
		if role, _ := o["role"].(string); !ok || role == "" {
			p.bad = fmt.Sprintf("message %d has no role", i+1)
			return p
		}
	}
	p.messages = list
	return p
}

func (f *form) parseCSV(data []byte) parsed {
	rec, err := csvFields(data, f.comma)
	if err != nil {
		return parsed{bad: err.Error()}
	}
	if len(rec) != len(f.header) {
		return parsed{bad: fmt.Sprintf("CSV: %d columns, the header has %d", len(rec), len(f.header))}
	}
	var p parsed
	vars := make(map[string]string, len(rec))
	for i, name := range f.header {
		vars[name] = rec[i]
	}
	p.id = vars["custom_id"]
	if p.id == "" {
		p.id = vars["id"]
	}
	text, ok := vars["prompt"]
	if !ok && len(rec) == 1 {
		text, ok = rec[0], true
	}
	if !ok && f.template == nil {
		p.bad = "no column prompt, and no template (--template) that says what to ask"
		return p
	}
	return f.prompt(p, text, vars)
}

// prompt makes one user message of a prompt, or of the template where there is one.
func (f *form) prompt(p parsed, text string, vars map[string]string) parsed {
	if f.template != nil {
		var missing string
		if text, missing = f.template.fill(vars); missing != "" {
			p.bad = fmt.Sprintf("the template's {{%s}} is not in the row", missing)
			return p
		}
	}
	if strings.TrimSpace(text) == "" {
		p.bad = "the prompt is empty"
		return p
	}
	p.messages = []any{map[string]any{"role": "user", "content": text}}
	return p
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	return string(canonical(v))
}
