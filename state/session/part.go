package session

import (
	"encoding/json"
	"strings"

	"relaytop/relay"
)

// Part is a file that goes with a message: a text, which is sent fenced and with its name, or an image, which is
// sent as its URL. It is held whole: what was attached can't change or vanish before it is sent, and is sent again
// with the conversation as it was.
type Part struct {
	Name   string `json:"name"`
	Text   string `json:"text,omitempty"`
	Image  string `json:"image,omitempty"`  // data: URL of a file; another one only in a chat that was imported
	Pasted bool   `json:"pasted,omitempty"` // of a draft: it becomes part of the text when it is sent
}

// Prompt is what is said at once: what was typed, and files that go with it.
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

// Empty reports that nothing would be said.
func (p *Prompt) Empty() bool { return len(p.Parts) == 0 && strings.TrimSpace(p.Text) == "" }

// Tokens is about how much of a context the prompt takes.
func (p *Prompt) Tokens() int64 {
	n := estimateOf(p.Text)
	for i := range p.Parts {
		n += p.Parts[i].Tokens()
	}
	return n
}

// Whole is what was typed with the texts of the files behind it.
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

// Fold makes what was pasted a part of the text: it is read and found as such.
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

// Message is the prompt as it is sent. Only images make it a list of parts: not every relay takes one.
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

// Line is the prompt in one line of a list: its text, then the names of its files.
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

// UnmarshalJSON also takes a text alone: so prompts were kept before files could go with them.
func (p *Prompt) UnmarshalJSON(raw []byte) error {
	*p = Prompt{}
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &p.Text)
	}
	type plain Prompt
	return json.Unmarshal(raw, (*plain)(p))
}
