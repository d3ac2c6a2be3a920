package openai

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
)

// wire is a chunk or a plain answer as encoding/json reads it. Raw where relays disagree about the type.
type wire struct {
	ID      json.RawMessage `json:"id"`
	Model   json.RawMessage `json:"model"`
	Choices []wireChoice    `json:"choices"`
	Usage   json.RawMessage `json:"usage"`
	XGroq   struct {
		Usage json.RawMessage `json:"usage"`
	} `json:"x_groq"`
	Error     json.RawMessage `json:"error"`
	Object    json.RawMessage `json:"object"`
	Type      json.RawMessage `json:"type"`
	Message   json.RawMessage `json:"message"`
	Detail    json.RawMessage `json:"detail"`
	Msg       json.RawMessage `json:"msg"`
	ErrorCode json.RawMessage `json:"error_code"`
	Errors    json.RawMessage `json:"errors"`
}

type wireChoice struct {
	Index   int             `json:"index"`
	Delta   *wireMessage    `json:"delta"`
	Message *wireMessage    `json:"message"`
	Text    json.RawMessage `json:"text"` // /completions
	Finish  json.RawMessage `json:"finish_reason"`
	Error   json.RawMessage `json:"error"`
	Usage   json.RawMessage `json:"usage"` // Moonshot
}

// at is the index as a chunk holds it; one that is no index counts as the last.
func (ch *wireChoice) at() int32 {
	if ch.Index < 0 || ch.Index > math.MaxInt32 {
		return math.MaxInt32
	}
	return int32(ch.Index)
}

type wireMessage struct {
	Content          json.RawMessage `json:"content"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"`
	Refusal          json.RawMessage `json:"refusal"`
	ToolCalls        []wireTool      `json:"tool_calls"`
	FunctionCall     *wireFunction   `json:"function_call"`
}

type wireTool struct {
	Index    *int            `json:"index"`
	ID       json.RawMessage `json:"id"`
	Function wireFunction    `json:"function"`
}

type wireFunction struct {
	Name      json.RawMessage `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// decodeSlow reads a document of any shape.
func decodeSlow(data []byte) (chunk, error) { return decodeChoice(data, lowest) }

// decodeChoice reads of a document of any shape the choice with that index.
func decodeChoice(data []byte, want int32) (chunk, error) {
	if list := []json.RawMessage(nil); len(data) > 0 && data[0] == '[' && json.Unmarshal(data, &list) == nil && len(list) > 0 {
		data = list[0] // Gemini wraps its errors so
	}
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		var kind *json.UnmarshalTypeError
		if !errors.As(err, &kind) {
			return chunk{}, err
		}
	}
	c := chunk{id: text(w.ID), model: text(w.Model)}
	if c.fault = w.fault(data); c.fault != nil {
		return c, nil
	}
	c.usage, c.cost = readUsage(w.Usage)
	if c.usage == nil && c.cost == nil {
		c.usage, c.cost = readUsage(w.XGroq.Usage)
	}
	var pick *wireChoice
	for i := range w.Choices {
		if ch := &w.Choices[i]; want == ch.at() || want == lowest && (pick == nil || ch.at() < pick.at()) {
			pick = ch
			if want != lowest {
				break
			}
		}
	}
	if pick != nil {
		c.choice, c.index = true, pick.at()
		c.take(pick)
	}
	c.object = len(w.Choices) == 0 && len(data) > 0 && data[0] == '{'
	return c, nil
}

// fault finds the error in a document: under error, in Mistral's and Anthropic's wrapping, or bare where there is no answer.
func (w *wire) fault(data []byte) []byte {
	switch {
	case !isNull(w.Error):
		if text(w.Error) != "" && !isNull(w.Message) { // {"error":"Bad Request","message":"what it was"}
			return data
		}
		return wrapped(w.Error)
	case len(w.Choices) == 0 && isNull(w.Usage) && (string(w.Error) == `""` || string(w.Error) == "{}" || !isNull(w.Errors)):
		return data
	case text(w.Object) == "error", text(w.Type) == "error":
		return data
	case len(w.Choices) == 0 && isNull(w.Usage) && (!isNull(w.Message) || !isNull(w.Detail) || !isNull(w.Msg) || !isNull(w.ErrorCode)):
		return data
	}
	for _, ch := range w.Choices {
		if !isNull(ch.Error) {
			return wrapped(ch.Error)
		}
	}
	return nil
}

// wrapped puts an error back into the shape in which a body carries it, so that both are read in one way.
func wrapped(e json.RawMessage) []byte { return append(append([]byte(`{"error":`), e...), '}') }

// take reads the first choice.
func (c *chunk) take(ch *wireChoice) {
	c.finish = text(ch.Finish)
	if c.usage == nil && c.cost == nil {
		c.usage, c.cost = readUsage(ch.Usage)
	}
	m := ch.Delta
	if m == nil {
		m = ch.Message
	}
	if m == nil {
		c.content = text(ch.Text)
		return
	}
	var inner string
	c.content, inner = parts(m.Content)
	var cut halves
	cut.content = endsOf(m.Content)
	c.refusal = text(m.Refusal)
	for _, raw := range []json.RawMessage{m.ReasoningContent, m.Reasoning, m.ReasoningDetails} {
		if c.reasoning == "" {
			said, thought := parts(raw)
			c.reasoning, cut.reasoning = said+thought, endsOf(raw)
		}
	}
	if c.reasoning == "" {
		c.reasoning = inner
	}
	if cut != (halves{}) {
		c.halves = &cut
	}
	for _, t := range m.ToolCalls {
		d := toolDelta{index: -1, id: text(t.ID), name: text(t.Function.Name), args: arguments(t.Function.Arguments)}
		if t.Index != nil {
			d.index = *t.Index
		}
		c.tools = append(c.tools, d)
	}
	if f := m.FunctionCall; f != nil && len(m.ToolCalls) == 0 {
		c.tools = append(c.tools, toolDelta{name: text(f.Name), args: arguments(f.Arguments)})
	}
}

// text is the string that a raw value holds, or "".
func text(raw json.RawMessage) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	var s string
	_ = json.Unmarshal(raw, &s) // it is a valid string: the document was
	return s
}

// arguments of a tool call are a string of JSON; some relays send the JSON itself.
func arguments(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] == '"' || string(raw) == "null" {
		return text(raw)
	}
	return string(raw)
}

// parts reads content that is a string or an array of parts. Thinking parts are apart.
func parts(raw json.RawMessage) (visible, thinking string) {
	if len(raw) == 0 || raw[0] != '[' {
		if len(raw) > 0 && raw[0] == '{' {
			raw = append(append([]byte{'['}, raw...), ']')
		} else {
			return text(raw), ""
		}
	}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list)
	var vis, think strings.Builder
	for _, item := range list {
		var p struct{ Type, Text, Summary, Refusal, Content, Thinking json.RawMessage }
		vis.WriteString(text(item))
		if _ = json.Unmarshal(item, &p); isNull(p.Thinking) {
			to := &vis
			if kind := text(p.Type); kind == "reasoning" || kind == "thinking" {
				to = &think
			}
			for _, s := range []json.RawMessage{p.Text, p.Summary, p.Refusal, p.Content} {
				to.WriteString(valued(s))
			}
			continue
		}
		inner, _ := parts(p.Thinking)
		think.WriteString(inner)
	}
	return vis.String(), think.String()
}

// valued is a text, or one that is wrapped as the assistants' API does.
func valued(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] != '{' {
		return text(raw)
	}
	var w struct{ Value json.RawMessage }
	_ = json.Unmarshal(raw, &w) // of a valid document
	return text(w.Value)
}
