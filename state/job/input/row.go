package input

import (
	"bytes"
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
	Unused   []string // parameters of a request that stand beside the prompt and are not sent
	Bad      string
}

// Format is how the records of an input become rows.
type Format struct {
	Kind     Kind
	Comma    rune     // separates the columns of a CSV or TSV
	Header   []string // of a CSV or TSV
	Template Template

	idle []int // columns of Header that say something about a request and are not read
}

// Parse reads one record. It returns no error: what is wrong with the record is in Bad.
func (f *Format) Parse(data []byte) Row {
	data = bytes.TrimPrefix(data, bom) // files that were joined have one in the middle
	if !utf8.Valid(data) {
		return Row{Bad: "not UTF-8"}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return Row{Bad: "a NUL byte, which no text has"}
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
	if one, ok := bytes.CutSuffix(bytes.TrimSpace(data), []byte(",")); ok && err != nil && json.Valid(one) {
		return Row{Bad: "not JSON: a comma follows the value, as in an array; lines need none between them"}
	}
	if err != nil {
		return Row{Bad: "not JSON: " + err.Error()}
	}
	switch v := v.(type) {
	case []any:
		if row := withMessages(Row{}, "the line", v); row.Bad == "" {
			return row
		}
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
	for _, k := range [...]string{"custom_id", "id"} {
		if v := o[k]; v != nil && v != "" && idText(v) == "" && (k == "custom_id" || row.ID == "") {
			row.Bad = k + " is " + typeOf(v) + ", not text"
			return row
		}
	}
	if body := o["body"]; body != nil {
		return batchRow(row, o, body)
	}
	if m := o["messages"]; m != nil {
		row.Unused = f.unused(o, "messages")
		return withMessages(row, "messages", m)
	}
	row.Unused = f.unused(o, "prompt")
	return f.parsePrompt(row, o)
}

// parsePrompt reads an object whose keys are the variables of a template, or one with a prompt: text, or a list of
// messages.
func (f *Format) parsePrompt(row Row, o map[string]any) Row {
	prompt, there := o["prompt"]
	text, isText := prompt.(string)
	if isText || f.Template != nil {
		vars := make(map[string]string, len(o))
		for k, v := range o {
			vars[k] = asText(v)
		}
		return f.prompt(row, text, vars)
	}
	_, isList := prompt.([]any)
	switch {
	case isList:
		return withMessages(row, "prompt", prompt)
	case there:
		row.Bad = "prompt is " + typeOf(prompt) + ", neither text nor a list of messages"
	default:
		row.Bad = "none of the keys body, messages and prompt, and no template (--template) that says what to ask"
		for _, k := range [...]string{"body", "messages"} {
			if _, there := o[k]; there {
				row.Bad = k + " is null"
			}
		}
	}
	return row
}

// batchRow reads a line of OpenAI's batch format.
func batchRow(row Row, o map[string]any, body any) Row {
	var ok bool
	if row.Body, ok = body.(map[string]any); !ok {
		row.Bad = "body is " + typeOf(body) + ", not an object"
		return row
	}
	if m, there := o["method"]; there && m != "POST" {
		row.Bad = "method is not POST"
		return row
	}
	if u, there := o["url"]; there {
		s, isText := u.(string)
		if !isText {
			row.Bad = "url is " + typeOf(u) + ", not text"
			return row
		}
		row.Path, ok = pathOf(s)
		if !ok {
			row.Bad = fmt.Sprintf("url %.60q: not a path like /v1/chat/completions", s)
			return row
		}
	}
	if row.Path == "" {
		m, there := row.Body["messages"]
		switch list, ok := m.([]any); {
		case !there, ok && len(list) == 0:
			row.Bad = "body has no messages"
		case !ok:
			row.Bad = "messages of body is " + typeOf(m) + ", not a list of messages"
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

// withMessages takes the messages of a chat, which stand under key.
func withMessages(row Row, key string, m any) Row {
	list, ok := m.([]any)
	switch {
	case !ok:
		row.Bad = key + " is " + typeOf(m) + ", not a list of messages"
		return row
	case len(list) == 0:
		row.Bad = key + " is an empty list"
		return row
	}
	for i, v := range list {
		if fault := messageFault(v); fault != "" {
			row.Bad = fmt.Sprintf("message %d of %s %s", i+1, key, fault)
			return row
		}
	}
	row.Messages = list
	return row
}

// messageFault says why a value can't be a message of a chat; "": it can.
func messageFault(v any) string {
	o, ok := v.(map[string]any)
	if !ok {
		return "is " + typeOf(v) + ", not an object with role and content"
	}
	switch role := o["role"].(type) {
	case nil:
		return "has no role"
	case string:
		if role == "" {
			return "has no role"
		}
	default:
		return "has a role that is " + typeOf(role) + ", not text"
	}
	switch content := o["content"].(type) {
	case nil, string, []any: // a message with tool calls has no content
	default:
		return "has a content that is " + typeOf(content) + ", neither text nor a list of parts"
	}
	return ""
}

// typeOf names the type of a JSON value in a sentence.
func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

func (f *Format) parseCSV(data []byte) Row {
	fields, err := csvFields(data, f.Comma)
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
	for _, i := range f.idle {
		if strings.TrimSpace(fields[i]) != "" {
			row.Unused = append(row.Unused, f.Header[i])
		}
	}
	text, ok := vars["prompt"]
	if !ok && len(fields) == 1 {
		text, ok = fields[0], true
	}
	if !ok && f.Template == nil {
		row.Bad = "no column prompt, and no template (--template) that says what to ask"
		return row
	}
	if list, ok := chatIn(text); ok && f.Template == nil {
		row.Messages = list
		return row
	}
	return f.prompt(row, text, vars)
}

// chatIn returns the messages of a cell that is nothing but a JSON list of messages: tables hold chats so.
func chatIn(cell string) ([]any, bool) {
	if cell = strings.TrimSpace(cell); !strings.HasPrefix(cell, "[") {
		return nil, false
	}
	v, err := Decode([]byte(cell))
	if err != nil {
		return nil, false
	}
	row := withMessages(Row{}, "prompt", v)
	return row.Messages, row.Bad == ""
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
