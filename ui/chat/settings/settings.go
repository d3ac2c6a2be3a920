// Package settings is what a chat is sent with: its model, its parameters, its system prompt, and the presets that
// name a system prompt with parameters.
//
// Rules: a dialog belongs to the chat that was open when it opened, and what it changes it changes there. What is
// stored passes the checks of this package first, so that a request is never refused for a value that was typed
// here. Presets that cannot be read are never written over.
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

// Store is what the settings need of the state, by what it is about.
type Store struct {
	Library  Library
	Settings Settings
}

// Library makes the chat that is set up, where none is open. It answers from memory.
type Library interface {
	New() string
}

// Settings keeps what is set. It may wait for a disk and is called from commands only, but for Recall, which New
// calls.
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
	// Open writes a text in it. reply makes the message that brings the text back; file is where it stands until Remove.
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
	facts   []string // what is worth saying of the settings, the most important first
	presets presets
}

// presets are the user's own, and what a chat was set to before it got one.
type presets struct {
	own    []session.Preset
	serial int                       // of the change that own is from
	before map[string]session.Preset // by chat: settings that no preset has
	writes presetWrites
}

// presetWrites makes the changes of the stored presets one after another, and counts them.
type presetWrites struct {
	mu     sync.Mutex // held from reading to writing
	serial int        // of the last change
}

// New makes the settings. choices lists the models and answers from memory; nil: none is known.
func New(store Store, choices func() []Choice, external External) *Model {
	m := &Model{store: store, choices: choices, external: external}
	if store.Settings != nil { // without them the pane is only asked for its keys
		m.presets.own, _ = readPresets(store.Settings) // an error is reported when a preset is changed
	}
	return m
}

// SetStyles sets what dialogs are drawn with, those that are open too.
func (m *Model) SetStyles(st *style.Styles) { m.styles = st }

// Show takes the open chat and the model that its next message goes to.
func (m *Model) Show(h session.Header, model string) {
	same := h.ID == m.chat.ID && (h.Version == m.chat.Version || h.Shape == m.chat.Shape && h.Shape != 0)
	m.chat, m.model = h, model
	if !same {
		m.describe()
	}
}

// Update takes the replies of this package's own commands; false: the message is not one of them.
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

// describe works out the facts. It is called when the settings may have changed, not on each frame.
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

// Facts are what is worth showing of the settings, the most important first.
func (m *Model) Facts() []string { return m.facts }
