package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Row is a parsed record. Body or Messages is set, unless Bad says why it can't be sent.
type Row struct {
	ID       string // "": it has none of its own
	Path     string // "": /chat/completions
	Body     map[string]any
	Messages []any
	Bad      string
}

// Format is how the records of an input become rows.
type Format struct {
	Kind     Kind
	Header   []string // of a CSV or TSV
	Template Template
}

// SetHeader sets the columns of a CSV or TSV, and refuses those that a prompt can't be made from.
func (f *Format) SetHeader(columns []string) error {
	seen := map[string]bool{}
	for i, c := range columns {
		c = strings.TrimSpace(c)
		if columns[i] = c; seen[c] && c != "" {
			return Unusable("the header has the column %q twice", c)
		}
		seen[c] = true
	}
	f.Header = columns
	for i := 1; i < len(f.Template); i += 2 {
		if !seen[f.Template[i]] {
			return Unusable("the template's {{%s}} is not a column: there are %s", f.Template[i],
				strings.Join(columns, ", "))
		}
	}
	if f.Template == nil && !seen["prompt"] && len(columns) > 1 {
		return Unusable("no column is called prompt: say with a template (--template) how %s make one",
			strings.Join(columns, ", "))
	}
	return nil
}

// Parse reads one record. It returns no error: what is wrong with the record is in Bad.
func (f *Format) Parse(data []byte) Row {
	if !utf8.Valid(data) {
		return Row{Bad: "not UTF-8"}
	}
	switch f.Kind {
	case JSONL:
		return f.parseJSON(data)
	case CSV, TSV:
		return f.parseCSV(data)
	case Text, Paragraphs:
	}
	text := string(data)
	if f.Kind == Paragraphs {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return f.prompt(Row{}, text, map[string]string{"prompt": text, "text": text})
}

func (f *Format) parseJSON(data []byte) Row {
	v, err := Decode(data)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Row{Bad: "not JSON: it ends too early"}
	}
	if err != nil {
		return Row{Bad: "not JSON: " + err.Error()}
	}
	switch v := v.(type) {
	case string:
		return f.prompt(Row{}, v, map[string]string{"prompt": v, "text": v})
	case map[string]any:
		return f.parseObject(v)
	}
	return Row{Bad: "neither an object nor a string"}
}

func (f *Format) parseObject(o map[string]any) Row {
	var row Row
	for _, k := range [...]string{"custom_id", "id"} {
		if row.ID == "" {
			row.ID = idText(o[k])
		}
	}
	if body, ok := o["body"]; ok {
		return batchRow(row, o, body)
	}
	if m, ok := o["messages"]; ok {
		return withMessages(row, m)
	}
	vars := make(map[string]string, len(o))
	for k, v := range o {
		vars[k] = asText(v)
	}
	if text, ok := o["prompt"].(string); ok {
		return f.prompt(row, text, vars)
	}
	if f.Template != nil {
		return f.prompt(row, "", vars)
	}
	row.Bad = "none of the keys body, messages and prompt, and no template (--template) that says what to ask"
	return row
}

// batchRow reads a line of OpenAI's batch format.
func batchRow(row Row, o map[string]any, body any) Row {
	var ok bool
	if row.Body, ok = body.(map[string]any); !ok {
		row.Bad = "body is not an object"
		return row
	}
	if m, there := o["method"]; there && m != "POST" {
		row.Bad = "method is not POST"
		return row
	}
	if u, there := o["url"]; there {
		s, _ := u.(string)
		row.Path, ok = pathOf(s)
		if !ok {
			row.Bad = fmt.Sprintf("url %.60q: not a path like /v1/chat/completions", s)
			return row
		}
	}
	if row.Path == "" {
		if m, ok := row.Body["messages"].([]any); !ok || len(m) == 0 {
			row.Bad = "body has no messages"
		}
	}
	return row
}

// pathOf turns a batch row's url into a path below the base URL. Only endpoints that answer one JSON with one JSON
// are accepted.
func pathOf(url string) (string, bool) {
	switch path := strings.TrimPrefix(url, "/v1"); path {
	case chatPath:
		return "", true
	case "/completions", "/embeddings", "/responses", "/moderations":
		return path, true
	}
	return "", false
}

func withMessages(row Row, m any) Row {
	list, ok := m.([]any)
	if !ok || len(list) == 0 {
		row.Bad = "messages is not a list with something in it"
		return row
	}
	for i, v := range list {
		o, ok := v.(map[string]any)
		if role, _ := o["role"].(string); !ok || role == "" {
			row.Bad = fmt.Sprintf("message %d has no role", i+1)
			return row
		}
	}
	row.Messages = list
	return row
}

func (f *Format) parseCSV(data []byte) Row {
	fields, err := csvFields(data, f.Kind.Comma())
	if err != nil {
		return Row{Bad: err.Error()}
	}
	if len(fields) != len(f.Header) {
		return Row{Bad: wrongColumns(len(fields), len(f.Header))}
	}
	var row Row
	vars := make(map[string]string, len(fields))
	for i, name := range f.Header {
		vars[name] = fields[i]
	}
	row.ID = vars["custom_id"]
	if row.ID == "" {
		row.ID = vars["id"]
	}
	text, ok := vars["prompt"]
	if !ok && len(fields) == 1 {
		text, ok = fields[0], true
	}
	if !ok && f.Template == nil {
		row.Bad = "no column prompt, and no template (--template) that says what to ask"
		return row
	}
	return f.prompt(row, text, vars)
}

// prompt makes one user message of a prompt, or of the template if there is one.
func (f *Format) prompt(row Row, text string, vars map[string]string) Row {
	if f.Template != nil {
		var missing string
		if text, missing = f.Template.fill(vars); missing != "" {
			row.Bad = fmt.Sprintf("the template's {{%s}} is not in the row", missing)
			return row
		}
	}
	if strings.TrimSpace(text) == "" {
		row.Bad = "the prompt is empty"
		return row
	}
	row.Messages = []any{map[string]any{"role": "user", "content": text}}
	return row
}

// Prompt is the text of the last message, or the input of a row that has no messages. It may be long.
func (r *Row) Prompt() string {
	list := r.Messages
	if r.Body != nil {
		list, _ = r.Body["messages"].([]any)
	}
	for i := len(list) - 1; i >= 0; i-- {
		o, _ := list[i].(map[string]any)
		if s, ok := o["content"].(string); ok {
			return s
		}
	}
	if s := asText(r.Body["input"]); s != "" {
		return s
	}
	return asText(r.Body["prompt"])
}

func idText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// asText is a JSON value as it appears in a prompt: strings bare, others as JSON.
func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	return string(Canonical(v))
}
