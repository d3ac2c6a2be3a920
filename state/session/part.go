package session

import (
	"encoding/json"
	"strings"

	"relaytop/relay"
)

// Part is a file that goes with a message: a text, which is sent fenced and with its name, or an image, which is
// sent as its URL. It holds the whole content: the file may change or vanish before the message is sent, or sent
// again.
type Part struct {
	Name   string `json:"name"`
	Text   string `json:"text,omitempty"`
	Image  string `json:"image,omitempty"`  // data: URL of a file; another URL only in an imported chat
	Pasted bool   `json:"pasted,omitempty"` // of a draft: it becomes part of the text when it is sent
}

// Prompt is one message of the user before it is sent: what was typed, and the attached files.
type Prompt struct {
	Text  string `json:"text"`
	Parts []Part `json:"parts,omitempty"`
}

// Size is the number of bytes that the file had.
func (p *Part) Size() int64 {
	if p.Image == "" {
		return int64(len(p.Text))
	}
	_, data, ok := strings.Cut(p.Image, ";base64,")
	if !ok {
		return 0
	}
	n := int64(len(data)) * 3 / 4
	return n - int64(len(data)-len(strings.TrimRight(data, "=")))
}

// Tokens is about how much of a context the file takes.
func (p *Part) Tokens() int64 {
	if p.Image != "" {
		return relay.MediaTokens
	}
	return estimateOf(p.Text)
}

// Empty reports whether the prompt has neither text nor files.
func (p *Prompt) Empty() bool { return len(p.Parts) == 0 && strings.TrimSpace(p.Text) == "" }

// Tokens is about how much of a context the prompt takes.
func (p *Prompt) Tokens() int64 {
	n := estimateOf(p.Text)
	for i := range p.Parts {
		n += p.Parts[i].Tokens()
	}
	return n
}

// Whole is what was typed, followed by the texts of the files.
func (p *Prompt) Whole() string {
	if len(p.Parts) == 0 {
		return p.Text
	}
	var b strings.Builder
	b.WriteString(p.Text)
	for i := range p.Parts {
		if f := &p.Parts[i]; f.Image == "" {
			if b.Len() > 0 {
				b.WriteString("\n\n")
			}
			b.WriteString(Fenced(f.Name, f.Text))
		}
	}
	return b.String()
}

// Fold makes pasted files part of the text, so that they are shown and searched as text.
func (p Prompt) Fold() Prompt {
	out, pasted := Prompt{Text: p.Text}, Prompt{Text: p.Text}
	for _, f := range p.Parts {
		if f.Pasted {
			pasted.Parts = append(pasted.Parts, f)
		} else {
			out.Parts = append(out.Parts, f)
		}
	}
	out.Text = pasted.Whole()
	return out
}

// Message is the prompt as it is sent. It is a list of parts only if there are images: not every relay accepts one.
func (p *Prompt) Message(role string) relay.Message {
	m := relay.Message{Role: role, Text: p.Whole()}
	for i := range p.Parts {
		if p.Parts[i].Image == "" {
			continue
		}
		if len(m.Parts) == 0 && m.Text != "" {
			m.Parts = append(m.Parts, relay.Part{Text: m.Text})
		}
		m.Parts = append(m.Parts, relay.Part{Image: p.Parts[i].Image})
	}
	if len(m.Parts) > 0 {
		m.Text = ""
	}
	return m
}

// title is what a chat that begins with the prompt is called.
func (p *Prompt) title() string {
	if strings.TrimSpace(p.Text) == "" && len(p.Parts) > 0 {
		return Title(p.Parts[0].Name)
	}
	return Title(p.Text)
}

// Line is the prompt as one line of a list: its text, then the names of its files.
func (p *Prompt) Line() string {
	if len(p.Parts) == 0 {
		return p.Text
	}
	names := make([]string, len(p.Parts))
	for i := range p.Parts {
		names[i] = p.Parts[i].Name
	}
	return strings.TrimLeft(p.Text+" ["+strings.Join(names, ", ")+"]", " ")
}

// Fenced is a text with its name, in a fence that is longer than any inside of it.
func Fenced(name, text string) string {
	longest, run := 2, 0
	for i := range len(text) {
		run++
		if text[i] != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	name = strings.Join(strings.Fields(name), " ")
	return name + ":\n" + fence + "\n" + strings.TrimRight(text, "\n") + "\n" + fence
}

// UnmarshalJSON also takes a string: prompts were stored that way before they could have files.
func (p *Prompt) UnmarshalJSON(raw []byte) error {
	*p = Prompt{}
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &p.Text)
	}
	type plain Prompt
	return json.Unmarshal(raw, (*plain)(p))
}
