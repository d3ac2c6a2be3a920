package portable

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
)

// turn is a message as OpenAI's API takes it.
type turn struct {
	Role      string          `json:"role"`
	Content   json.RawMessage `json:"content"`
	Reasoning string          `json:"reasoning_content"`
	Refusal   string          `json:"refusal"`
	ToolCalls []struct {
		ID       string `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

// piece is a part of a message's content.
type piece struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	ImageURL struct {
		URL string `json:"url"`
	} `json:"image_url"`
}

// knownParams are the keys of a request that become the chat's parameters; a relay may not accept others.
var knownParams = [...]string{"temperature", "top_p", "max_tokens", "max_completion_tokens", "seed", "stop",
	"reasoning_effort", "response_format",
	"presence_penalty", "frequency_penalty"}

// foreign reads a list of messages, and from the object around it, if there is one, the settings of a chat.
func (s source) foreign(around map[string]element, messages element) (*Chat, error) {
	c := &Chat{Foreign: true}
	r := &c.Record
	for key, to := range map[string]*string{"model": &r.Model, "title": &r.Title, "system": &r.System} {
		if e := around[key]; e.raw != nil && json.Unmarshal(e.raw, to) != nil {
			return nil, s.at(e.at, fmt.Errorf("%q must be a text", key))
		}
	}
	r.Titled = r.Title != ""
	for _, key := range knownParams {
		if e := around[key]; e.raw != nil && string(e.raw) != "null" {
			r.Params = r.Params.With(key, e.raw)
		}
	}
	list, err := s.elements(messages)
	if err != nil {
		return nil, err
	}
	tools := 0
	for i, e := range list {
		var t turn
		if err := json.Unmarshal(e.raw, &t); err != nil {
			return nil, s.inside(e.at, err)
		}
		kept, err := c.take(&t)
		if err != nil {
			return nil, s.at(e.at, fmt.Errorf("message %d: %w", i+1, err))
		}
		if !kept {
			tools++
		}
	}
	if tools > 0 {
		c.LeftOut = append(c.LeftOut, relay.Counted(tools, "result")+" of tools: a chat holds none")
	}
	if len(c.Messages) == 0 {
		return nil, s.at(messages.at, errors.New("there is no message of a user or an assistant in it"))
	}
	return c, nil
}

// take adds a message below the previous one; false: a chat has no messages of that kind.
func (c *Chat) take(t *turn) (kept bool, err error) {
	p, err := t.prompt()
	if err != nil {
		return false, err
	}
	n := int64(len(c.Messages))
	m := session.MessageRecord{ID: n + 1, Parent: n, Role: t.Role, Text: p.Text, Parts: p.Parts, Reasoning: t.Reasoning,
		Refusal: t.Refusal, Ended: true}
	for _, call := range t.ToolCalls {
		m.Tools = append(m.Tools, relay.ToolCall{ID: call.ID, Name: call.Function.Name, Arguments: call.Function.Arguments})
	}
	switch t.Role {
	case relay.RoleSystem, "developer":
		if len(p.Parts) > 0 {
			return false, errors.New("a system prompt with an image")
		}
		c.Record.System = strings.TrimPrefix(c.Record.System+"\n\n"+p.Text, "\n\n")
		return true, nil
	case "tool", "function":
		return false, nil
	case relay.RoleUser:
		m.Ended = true
	case relay.RoleAssistant:
		m.Model = c.Record.Model
	case "":
		return false, errors.New("it has no role")
	default:
		return false, fmt.Errorf("the role %.40q is not known", t.Role)
	}
	c.Messages = append(c.Messages, m)
	c.Record.Active = m.ID
	return true, nil
}

// prompt is the content, a text or a list of parts.
func (t *turn) prompt() (p session.Prompt, err error) {
	if len(t.Content) == 0 || string(t.Content) == "null" {
		return p, nil
	}
	if json.Unmarshal(t.Content, &p.Text) == nil {
		return p, nil
	}
	var pieces []piece
	if err := json.Unmarshal(t.Content, &pieces); err != nil {
		return p, errors.New("its content is neither a text nor a list of parts")
	}
	var texts []string
	for _, x := range pieces {
		switch x.Type {
		case "text", "input_text", "output_text", "":
			texts = append(texts, x.Text)
		case "image_url":
			p.Parts = append(p.Parts, session.Part{Name: fmt.Sprintf("image %d", len(p.Parts)+1), Image: x.ImageURL.URL})
			if x.ImageURL.URL == "" {
				return p, errors.New("an image without a URL")
			}
		default:
			return p, fmt.Errorf("a part of the kind %.40q can't be kept", x.Type)
		}
	}
	p.Text = strings.Join(texts, "\n\n")
	return p, checkParts(p.Parts)
}
