package session

import (
	"encoding/json"
	"maps"

	"relaytop/relay"
)

// Preset is a named set of what a chat sends besides its messages.
type Preset struct {
	Name   string       `json:"name"`
	System string       `json:"system,omitempty"`
	Model  string       `json:"model,omitempty"` // "": a chat keeps its own
	Params relay.Params `json:"params"`
}

// Use gives a chat the settings of a preset. The chat remembers its name.
func (s *Chats) Use(c *Chat, p Preset) {
	s.Set(c, func(r *Record) {
		r.Preset, r.System, r.Params = p.Name, p.System, maps.Clone(p.Params)
		if p.Model != "" {
			r.Model = p.Model
		}
	})
}

// System sets a chat's system prompt. Like a draft it was typed, so the chat is stored.
func (s *Chats) System(c *Chat, text string) {
	s.Set(c, func(r *Record) { r.System = text })
	c.touched = c.touched || text != ""
}

// Same reports whether a chat's settings are those of the preset.
func (p *Preset) Same(h *Header) bool {
	return p.System == h.System && (p.Model == "" || p.Model == h.Model) &&
		maps.EqualFunc(p.Params, h.Params, func(a, b json.RawMessage) bool { return string(a) == string(b) })
}
