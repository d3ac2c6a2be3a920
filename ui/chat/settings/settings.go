// Package settings is the settings of a chat: its model, parameters and system prompt, and the presets that name a
// system prompt with parameters.
//
// Rules: a dialog belongs to the chat that was open when it opened, and changes that chat. Values are checked before
// they are stored, so that no request is refused for a value that was typed here. Presets that cannot be read are never
// overwritten.
package settings

import (
	"sync"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/state/session"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Store is what the settings need of the state, in groups.
type Store struct {
	Library  Library
	Settings Settings
}

// Library makes a chat to set up, if none is open. It answers from memory.
type Library interface {
	New() string
}

// Settings stores settings. It may wait for a disk, so only commands call it, except for Recall, which New calls.
type Settings interface {
	SetModel(chat, model string) error
	SetParams(chat string, p relay.Params) error
	SetSystem(chat, text string) error
	UsePreset(chat string, p session.Preset) error
	NamePreset(chat, name string) error
	Remember(key, value string) error
	Recall(key string) (string, bool)
	ModelFigures() ([]meter.ModelFigures, error)
}

// External is an editor outside of the program.
type External interface {
	// Open opens a text in it. reply makes the message that brings the text back; file holds it until Remove.
	Open(text string, reply func(text, file string, err error) tea.Msg) tea.Cmd
	Remove(file string) tea.Cmd
}

// Model is the settings of the open chat.
type Model struct {
	store    Store
	choices  func() []Choice
	external External
	styles   *style.Styles // that the dialogs are drawn with

	chat    session.Header
	model   string   // that the next message goes to
	facts   []string // the most important first
	presets presets
}

// presets is the user's own presets, and the settings of chats from before they got a preset.
type presets struct {
	own    []session.Preset
	serial int                       // of the change that own comes from
	before map[string]session.Preset // by chat: settings that no preset has
	writes presetWrites
}

// presetWrites serializes the changes of the stored presets and counts them.
type presetWrites struct {
	mu     sync.Mutex // held while a change reads and writes
	serial int        // of the last change
}

// New makes a Model. choices lists the models and answers from memory; nil: none is known.
func New(store Store, choices func() []Choice, external External) *Model {
	m := &Model{store: store, choices: choices, external: external}
	if store.Settings != nil { // otherwise only the keys of the pane are needed
		m.presets.own, _ = readPresets(store.Settings) // an error is reported when a preset is changed
	}
	return m
}

// SetStyles sets the styles of dialogs, open ones too.
func (m *Model) SetStyles(st *style.Styles) { m.styles = st }

// Show takes the open chat, and the model that its next message goes to.
func (m *Model) Show(h session.Header, model string) {
	same := h.ID == m.chat.ID && (h.Version == m.chat.Version || h.Shape == m.chat.Shape && h.Shape != 0)
	m.chat, m.model = h, model
	if !same {
		m.describe()
	}
}

// Update handles the replies to this package's own commands. It returns false for any other message.
func (m *Model) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case schemaMsg:
		return msg.panel.readSchema(msg), true
	case useMsg:
		return m.use(msg), true
	case presetsMsg:
		return m.changedPresets(msg), true
	}
	return nil, false
}

// describe works out the facts. It is called when the settings may have changed, not for each frame.
func (m *Model) describe() {
	m.facts = briefParams(m.chat.Params)
	switch name, changed := m.preset(); {
	case name != "" && changed:
		m.facts = append([]string{text.Truncate(name, 16) + ", changed"}, m.facts...)
	case name != "" && name != plain:
		m.facts = append([]string{text.Truncate(name, 24)}, m.facts...)
	case m.chat.System != "":
		m.facts = append([]string{"system " + widget.AboutTokens(relay.EstimateTokens(m.chat.System))}, m.facts...)
	}
}

// Facts are the preset, the parameters and the like in a few words each, the most important first.
func (m *Model) Facts() []string { return m.facts }
