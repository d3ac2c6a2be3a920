package relay

import "encoding/json"

const (
	// MediaTokens is the count for an image, a sound or a file of any size: what OpenAI charges for an image of 1024 x
	// 1024.
	MediaTokens = 765

	framedTokens = 4 // role and separators of one message
	openedTokens = 3 // what a template puts before the answer, once a request
)

// EstimateInput is the number of input tokens that a request probably has: the texts of its messages, its tools,
// and a fixed number for each image. It decodes the whole body if there is one and Input is not set: call it once.
func EstimateInput(r *Request) int64 {
	if r.Input > 0 {
		return r.Input
	}
	if len(r.Body) > 0 {
		var body map[string]any
		if json.Unmarshal(r.Body, &body) != nil {
			return EstimateTokens([]byte(r.Body))
		}
		return EstimateBody(body)
	}
	var n int64
	if len(r.Messages) > 0 {
		n = openedTokens
	}
	for _, m := range r.Messages {
		n += framedTokens
		if len(m.Parts) == 0 {
			n += EstimateTokens(m.Text)
		}
		for _, p := range m.Parts {
			n += EstimateTokens(p.Text)
			if p.Image != "" {
				n += MediaTokens
			}
		}
		for _, c := range m.ToolCalls {
			n += EstimateTokens(c.Name) + EstimateTokens(c.Arguments)
		}
	}
	for _, k := range toolKeys() {
		n += EstimateTokens([]byte(r.Params[k]))
	}
	return n
}

// EstimateBody is EstimateInput for a body that is already decoded, numbers as float64 or json.Number.
func EstimateBody(body map[string]any) int64 {
	var n int64
	if list, ok := body["messages"].([]any); ok && len(list) > 0 {
		n = openedTokens
	}
	for _, k := range [...]string{"messages", "input", "prompt", "instructions"} {
		n += bodyTokens(body[k])
	}
	for _, k := range toolKeys() {
		if v, ok := body[k]; ok {
			raw, err := json.Marshal(v) // the names in a schema are read as well as its texts
			if err == nil {
				n += EstimateTokens(raw)
			}
		}
	}
	return n
}

func toolKeys() [2]string { return [2]string{"tools", "functions"} }

// bodyTokens counts the texts in a part of a body. A number is a token: prompts may be lists of them.
func bodyTokens(v any) (n int64) {
	switch v := v.(type) {
	case string:
		return TextTokens(v)
	case float64, json.Number:
		return 1
	case []any:
		for _, item := range v {
			n += bodyTokens(item)
		}
	case map[string]any:
		if isMedia(v) {
			return MediaTokens
		}
		if _, ok := v["role"]; ok {
			n = framedTokens
		}
		for k, item := range v {
			switch k {
			case "role", "type", "id", "tool_call_id", "call_id":
			default:
				n += bodyTokens(item)
			}
		}
	}
	return n
}

// TextTokens is an estimate of a string; one that holds an image is an image, not a megabyte of text.
func TextTokens[T string | []byte](s T) int64 {
	if len(s) >= 5 && string(s[:5]) == "data:" {
		return MediaTokens
	}
	return EstimateTokens(s)
}

func isMedia(part map[string]any) bool {
	switch part["type"] {
	case "image_url", "input_image", "image", "input_audio", "file", "input_file":
		return true
	}
	_, ok := part["image_url"]
	return ok
}
