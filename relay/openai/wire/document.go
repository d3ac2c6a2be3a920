package wire

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// document is a chunk or a plain answer as encoding/json reads it. A field is raw if relays disagree about its type.
type document struct {
	ID      json.RawMessage `json:"id"`
	Model   json.RawMessage `json:"model"`
	Choices choices         `json:"choices"`
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

type choice struct {
	Index   int             `json:"index"`
	Delta   *message        `json:"delta"`
	Message *message        `json:"message"`
	Text    json.RawMessage `json:"text"` // /completions
	Finish  json.RawMessage `json:"finish_reason"`
	Native  json.RawMessage `json:"native_finish_reason"` // OpenRouter: the word of the provider behind it
	Error   json.RawMessage `json:"error"`
	Usage   json.RawMessage `json:"usage"` // Moonshot
}

type message struct {
	Content          json.RawMessage `json:"content"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"`
	Refusal          json.RawMessage `json:"refusal"`
	ToolCalls        toolCalls       `json:"tool_calls"`
	FunctionCall     *function       `json:"function_call"`
}

type toolCall struct {
	Index    *int            `json:"index"`
	ID       json.RawMessage `json:"id"`
	Function function        `json:"function"`
}

type function struct {
	Name      json.RawMessage `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
}

// isNull reports whether a raw value is missing or empty.
func isNull(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", `""`, "{}", "false", "[]", "0":
		return true
	}
	return false
}

// text returns the string that a raw value holds, or "".
func text(raw json.RawMessage) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if plain := raw[1 : len(raw)-1]; bytes.IndexByte(plain, '\\') < 0 && utf8.Valid(plain) { // most of them
		return string(plain)
	}
	var s string
	_ = json.Unmarshal(raw, &s) // it can't fail: the document was valid
	return s
}

// arguments returns the arguments of a tool call: a string of JSON; some relays send the JSON itself.
func arguments(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] == '"' || string(raw) == "null" {
		return text(raw)
	}
	return string(raw)
}
