package wire

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// SplitThoughts returns a whole content without the reasoning in it, and the reasoning. opened and separate are those
// of Thoughts.
func SplitThoughts(content string, opened, separate bool) (text, reasoning string) {
	t := Thoughts{Opened: opened, Separate: separate}
	for _, p := range []Split{t.Add(content), t.End()} {
		if p.Moved {
			p.Reasoning, text = strings.Trim(text+p.Reasoning, blank), ""
		}
		text, reasoning = text+p.Text, reasoning+p.Reasoning
	}
	raw, n := t.Open()
	return text + raw, reasoning[:len(reasoning)-n]
}

// SplitAnswer returns a plain answer with the reasoning within the contents of its choices moved to reasoning_content.
// All else stays as it came.
func SplitAnswer(doc []byte, opened bool) []byte {
	low := bytes.ToLower(doc)
	if !bytes.Contains(low, []byte("think")) && !bytes.Contains(low, []byte("thought")) {
		return doc
	}
	fields, err := split(doc)
	at := slices.IndexFunc(fields, func(f field) bool { return f.key == "choices" })
	var choices []json.RawMessage
	if err != nil || at < 0 || json.Unmarshal(fields[at].raw, &choices) != nil {
		return doc
	}
	changed := false
	for i, raw := range choices {
		if choice, err := split(raw); err == nil && splitChoice(choice, opened) {
			choices[i], changed = join(choice), true
		}
	}
	if fields[at].raw, err = marshal(choices); err != nil || !changed {
		return doc
	}
	return join(fields)
}

// splitChoice reports whether it changed the choice.
func splitChoice(choice []field, opened bool) (changed bool) {
	for i, f := range choice {
		if f.key != "message" {
			continue
		}
		if message, err := split(f.raw); err == nil {
			if message, ok := splitMessage(message, opened); ok {
				choice[i].raw, changed = join(message), true
			}
		}
	}
	return changed
}

func splitMessage(message []field, opened bool) (_ []field, changed bool) {
	value := func(key string) string {
		at := slices.IndexFunc(message, func(f field) bool { return f.key == key })
		if at < 0 {
			return ""
		}
		return text(message[at].raw)
	}
	content, before := value("content"), value("reasoning_content")
	said, thought := SplitThoughts(content, opened, before != "")
	if said == content {
		return message, false
	}
	message = set(message, "content", quote(said))
	if thought != "" {
		message = set(message, "reasoning_content", quote(before+thought))
	}
	return message, true
}
