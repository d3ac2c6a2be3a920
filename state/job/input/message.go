package input

import "cmp"

// Message is one message of a row, for people to read.
type Message struct{ Role, Text string }

// List is the messages of a row in their order. Parts that are not text are named.
func (r *Row) List() []Message {
	list := r.Messages
	if r.Body != nil {
		list, _ = r.Body["messages"].([]any)
	}
	out := make([]Message, 0, len(list))
	for _, v := range list {
		o, _ := v.(map[string]any)
		role, _ := o["role"].(string)
		out = append(out, Message{Role: role, Text: contentText(o["content"])})
	}
	if len(out) == 0 {
		if s := cmp.Or(asText(r.Body["input"]), asText(r.Body["prompt"])); s != "" {
			return []Message{{Role: "input", Text: s}}
		}
	}
	return out
}

// contentText is the text of a message: a string, or the texts of its parts.
func contentText(content any) string {
	parts, ok := content.([]any)
	if !ok {
		return asText(content)
	}
	out := ""
	for _, v := range parts {
		part, _ := v.(map[string]any)
		if out != "" {
			out += "\n"
		}
		if s, ok := part["text"].(string); ok {
			out += s
			continue
		}
		kind, _ := part["type"].(string)
		out += "[" + cmp.Or(kind, "part") + "]"
	}
	return out
}
