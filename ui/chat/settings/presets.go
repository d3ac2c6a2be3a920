package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// settingKey is the setting that holds the user's own presets, as JSON.
const settingKey = "chat.presets"

// plain is the preset of a new chat.
const plain = "plain"

// builtIn returns the presets of the program.
func builtIn() []session.Preset {
	with := func(more map[string]any) relay.Params {
		p := relay.DefaultParams()
		for k, v := range more {
			p = p.With(k, v)
		}
		return p
	}
	return []session.Preset{
		{Name: plain, Params: relay.DefaultParams()},
		{Name: "concise", Params: with(map[string]any{keyTemperature: 0.3}),
			System: "Answer in as few words as the question allows. No introduction, no summary, no offer of further help. " +
				"Use a list only where it is shorter than prose."},
		{Name: "reviewer", Params: with(map[string]any{keyTemperature: 0.2}),
			System: "You review what the user shows you, code or prose. Name the most serious problem first, then the others " +
				"in order of weight. For each: where it is, what goes wrong, and the smallest change that mends it. " +
				"Say what you are not sure of. No praise, no summary."},
		{Name: "translator", Params: with(map[string]any{keyTemperature: 0.2}),
			System: "You translate. What is not English becomes English; what is English becomes the language that the user " +
				"named last, or Spanish if none was named. Keep the tone, the line breaks and any markup; leave code, names " +
				"and placeholders as they are. Answer with the translation alone."},
		{Name: "JSON only",
			Params: with(map[string]any{keyTemperature: 0, keyFormat: map[string]string{"type": "json_object"}}),
			System: "Answer with one JSON object and nothing else: no prose before or after it, no code fence. " +
				"Use null for what you do not know."},
		{Name: "brainstorm", Params: with(map[string]any{keyTemperature: 1.1}),
			System: "Give many different ideas, at least ten, one line each, from the obvious to the odd. " +
				"Do not judge them and do not explain unless asked."},
	}
}

// presetsMsg is the user's own presets after a change. Replies may arrive in another order than the changes: serial
// counts those.
type presetsMsg struct {
	own    []session.Preset
	serial int
	toast  string
}

var errPresets = errors.New("the presets that are stored can't be read")

func readPresets(s Settings) ([]session.Preset, error) {
	kept, ok := s.Recall(settingKey)
	if !ok {
		return nil, nil
	}
	var own []session.Preset
	if err := json.Unmarshal([]byte(kept), &own); err != nil {
		return nil, fmt.Errorf("%w: %w", errPresets, err)
	}
	return own, nil
}

// changePresets reads the stored presets, which another process may have changed, and stores them changed. then runs
// once they are stored.
func (m *Model) changePresets(toast string, change func([]session.Preset) []session.Preset, then func() error) tea.Cmd {
	store, writes := m.store, &m.presets.writes
	return func() tea.Msg {
		writes.mu.Lock()
		defer writes.mu.Unlock()
		own, err := readPresets(store.Settings)
		if err != nil {
			return pane.Report("nothing was changed", "", err)
		}
		own = change(own)
		b, err := json.Marshal(own)
		if err == nil {
			err = store.Settings.Remember(settingKey, string(b))
		}
		if err == nil && then != nil {
			err = then()
		}
		if err != nil {
			return pane.Report("the preset was not saved", "", err)
		}
		writes.serial++
		return presetsMsg{own: own, serial: writes.serial, toast: toast}
	}
}

func (m *Model) changedPresets(msg presetsMsg) tea.Cmd {
	if msg.serial > m.presets.serial { // an older list must not replace a newer one
		m.presets.own, m.presets.serial = msg.own, msg.serial
		m.describe()
	}
	return pane.Toast(state.Info, msg.toast)
}

// allPresets returns the built-in presets, then the user's own.
func (m *Model) allPresets() []session.Preset { return append(builtIn(), m.presets.own...) }

// named returns the index of the preset with a name, ignoring case; -1 if there is none.
func named(list []session.Preset, name string) int {
	return slices.IndexFunc(list, func(p session.Preset) bool { return strings.EqualFold(p.Name, name) })
}

// current is the settings of the open chat.
func (m *Model) current() session.Preset {
	return session.Preset{Name: m.chat.Preset, System: m.chat.System, Params: maps.Clone(m.chat.Params)}
}

// preset returns the name of the open chat's preset, filtered; "" if it has none. changed: the settings are no longer
// those of the preset.
func (m *Model) preset() (name string, changed bool) {
	if m.chat.Preset == "" {
		return "", false
	}
	all := m.allPresets()
	i := named(all, m.chat.Preset)
	return text.Line(m.chat.Preset), i < 0 || !all[i].Same(&m.chat)
}

// useMsg asks to use a preset in the chat that it was picked for.
type useMsg struct {
	chat   string
	preset session.Preset
}

// use sets the open chat to a preset. Settings that no preset has are kept, at the end of the list of presets.
func (m *Model) use(msg useMsg) tea.Cmd {
	if msg.chat != m.chat.ID {
		return pane.Toast(state.Warn, "another chat is open by now: its settings stay")
	}
	store, chat, p, toast := m.store, m.chat.ID, msg.preset, msg.preset.Name
	if !slices.ContainsFunc(m.allPresets(), func(o session.Preset) bool { return o.Same(&m.chat) }) {
		if m.presets.before == nil {
			m.presets.before = map[string]session.Preset{}
		}
		before := m.current()
		before.Model = m.model
		m.presets.before[chat] = before
		toast += "; the old settings are at the end of the list"
	}
	return func() tea.Msg {
		return pane.Report("the preset was not used", toast, store.Settings.UsePreset(orNew(store, chat), p))
	}
}

// PickPreset opens the list of presets, where the user's own are saved, renamed and deleted.
func (m *Model) PickPreset() tea.Cmd {
	all := m.allPresets()
	chat, at := m.chat.ID, max(named(all, m.chat.Preset), 0)
	own, end := len(builtIn()), len(all)
	if before, ok := m.presets.before[chat]; ok {
		before.Name = m.chat.Preset
		all = append(all, before)
	}
	choices := make([]overlay.Choice, len(all))
	for i, p := range all {
		title, kind := p.Name, "built in"
		switch {
		case i == end:
			title, kind = "as it was before", "this chat"
		case i >= own:
			kind = "yours"
		}
		choices[i] = overlay.Choice{Title: title, Cells: []string{presetBrief(&p), kind},
			Run: func() tea.Msg { return useMsg{chat: chat, preset: p} }}
	}
	mine := func(do func(session.Preset) tea.Cmd) func(int) (bool, tea.Cmd) {
		return func(i int) (bool, tea.Cmd) {
			if i < own || i >= end {
				return false, pane.Toast(state.Info, "this preset is not one of your own")
			}
			return true, do(all[i])
		}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "presets", Placeholder: "part of a name", Choices: choices, Current: at, Width: 84,
		Columns: []widget.Column{{Title: "what it sends", Width: 44}, {Title: "", Width: 9}},
		Keys: []overlay.PickerKey{
			{Key: "ctrl+s", Does: "save current", Do: func(int) (bool, tea.Cmd) { return true, m.SavePreset() }},
			{Key: "ctrl+r", Does: "rename", Do: mine(m.renamePreset)},
			{Key: "ctrl+d", Does: "delete", Do: mine(m.removePreset)},
		},
	}))
}

// presetBrief is the settings of a preset on one line.
func presetBrief(p *session.Preset) string {
	var facts []string
	if p.Model != "" {
		facts = append(facts, p.Model)
	}
	facts = append(facts, briefParams(p.Params)...)
	if p.System != "" {
		facts = append(facts, p.System)
	}
	return text.Clip(strings.Join(facts, " · "), 200)
}

func checkPreset(name string) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "a preset needs a name"
	case text.Width(name) > 32:
		return "32 characters at most"
	case named(builtIn(), name) >= 0:
		return name + " is built in"
	}
	return ""
}

// SavePreset asks for a name, and saves the settings of the open chat under it. A name that ends in @ saves the model
// too.
func (m *Model) SavePreset() tea.Cmd {
	p, model, chat, store := m.current(), m.model, m.chat.ID, m.store
	name := p.Name
	if named(builtIn(), name) >= 0 {
		name = ""
	}
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "save as a preset", Label: "a name for what this chat sends; end it with @ to keep the model too", Value: name,
		Check: func(s string) string { return checkPreset(strings.TrimSuffix(strings.TrimSpace(s), "@")) },
		Done: func(s string) tea.Cmd {
			s, with := strings.CutSuffix(strings.TrimSpace(s), "@")
			if p.Name = strings.TrimSpace(s); with {
				p.Model = model
			}
			save := m.changePresets("saved as "+text.Line(p.Name), func(own []session.Preset) []session.Preset {
				if i := named(own, p.Name); i >= 0 {
					own[i] = p
					return own
				}
				return append(own, p)
			}, func() error { return store.Settings.NamePreset(chat, p.Name) })
			if named(m.presets.own, p.Name) >= 0 {
				return overlay.Open(overlay.Confirm("Replace the preset "+p.Name+"?",
					"It takes the system prompt and parameters of this chat.", save))
			}
			return save
		},
	}))
}

func (m *Model) renamePreset(p session.Preset) tea.Cmd {
	store, chat := m.store, m.chat.ID
	used := m.chat.Preset == p.Name
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "rename the preset", Label: "its new name", Value: p.Name,
		Check: func(s string) string {
			if i := named(m.presets.own, strings.TrimSpace(s)); i >= 0 && m.presets.own[i].Name != p.Name {
				return "there is already a preset with that name"
			}
			return checkPreset(s)
		},
		Done: func(s string) tea.Cmd {
			s = strings.TrimSpace(s)
			return m.changePresets("renamed", func(own []session.Preset) []session.Preset {
				if i := named(own, p.Name); i >= 0 {
					own[i].Name = s
				}
				return own
			}, func() error {
				if !used {
					return nil
				}
				return store.Settings.NamePreset(chat, s)
			})
		},
	}))
}

func (m *Model) removePreset(p session.Preset) tea.Cmd {
	return overlay.Open(overlay.Confirm("Delete the preset "+p.Name+"?",
		"Chats that use it keep their settings; only the name is deleted.",
		m.changePresets("deleted", func(own []session.Preset) []session.Preset {
			return slices.DeleteFunc(own, func(o session.Preset) bool { return o.Name == p.Name })
		}, nil)))
}
