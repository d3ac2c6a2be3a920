package chat

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// panel is the parameters of a chat while they are edited.
type panel struct {
	keep   *paramKeeper
	params relay.Params
}

// paramKeeper stores what was changed last. Commands run beside each other: if each carried its own copy, an older one could be the last
// to be stored.
type paramKeeper struct {
	store  Store
	chat   string
	mu     sync.Mutex
	newest atomic.Pointer[relay.Params]
}

func (k *paramKeeper) keep(p relay.Params) tea.Cmd {
	k.newest.Store(&p)
	return func() tea.Msg {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.chat == "" {
			k.chat = k.store.NewChat()
		}
		return doneMsg{what: "the parameters were not kept", err: k.store.SetParams(k.chat, *k.newest.Load())}
	}
}

// editParams opens the panel.
func (m *Model) editParams() tea.Cmd {
	p := &panel{keep: &paramKeeper{store: m.store, chat: m.chat.ID}, params: maps.Clone(m.chat.Params)}
	schema := overlay.FormKey{Key: "f", Does: "schema file", On: func(name string) bool { return name == keyFormat }, Do: func(string) tea.Cmd {
		return overlay.Open(overlay.Files(overlay.FilesOptions{Title: "a JSON schema", Only: "JSON", Choose: p.readSchema,
			Accept: func(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".json") }}))
	}}
	return overlay.Open(overlay.Form(overlay.FormOptions{Title: "parameters", None: "not sent", Fields: p.fields, Set: p.set, Unset: p.unset, Reset: p.reset,
		Add: func(key string) string { return p.free(key) }, Keys: []overlay.FormKey{schema}}))
}

// free says why a key can't be added.
func (p *panel) free(key string) string {
	if paramOf(key).takes != paramOf("").takes {
		return key + " is in the list already"
	}
	return checkKey(key, p.params)
}

// fields are the known parameters, then the others that are sent.
func (p *panel) fields() []overlay.Field {
	usual := relay.DefaultParams()
	var out []overlay.Field
	add := func(known param) {
		raw, ok := p.params[known.key]
		out = append(out, overlay.Field{Name: known.key, Set: ok, Value: showValue(known.key, raw), Shown: briefValue(known.key, raw),
			Usual: showValue(known.key, usual[known.key]), Takes: known.takes, Choices: known.choices})
	}
	known := knownParams()
	for _, k := range known {
		add(k)
	}
	for _, key := range slices.Sorted(maps.Keys(p.params)) {
		if !slices.ContainsFunc(known, func(k param) bool { return k.key == key }) {
			add(paramOf(key))
		}
	}
	return out
}

func (p *panel) set(key, typed string) (string, tea.Cmd) {
	if path, ok := schemaPath(typed); ok && key == keyFormat {
		if path == "" {
			return "name a file behind it, or press f in the list", nil
		}
		return "", p.readSchema(path)
	}
	raw, err := parseValue(key, typed)
	if err != nil {
		return err.Error(), nil
	}
	return "", p.put(key, raw)
}

// put changes one key; no value takes it out.
func (p *panel) put(key string, raw json.RawMessage) tea.Cmd {
	next := maps.Clone(p.params)
	if next == nil {
		next = relay.Params{}
	}
	if raw == nil {
		delete(next, key)
	} else {
		next[key] = raw
	}
	p.params = next
	return p.keep.keep(next)
}

func (p *panel) unset(key string) tea.Cmd { return p.put(key, nil) }

func (p *panel) reset(key string) tea.Cmd { return p.put(key, relay.DefaultParams()[key]) }

// schema takes a response format that was read from a file.
func (m *Model) schema(msg schemaMsg) tea.Cmd {
	if msg.err != nil {
		return pane.Toast(state.Bad, text.Line(msg.err.Error()))
	}
	return msg.to.put(keyFormat, msg.raw)
}

// briefParams are the parameters that are not the usual ones, and the temperature, which everybody asks about.
func briefParams(p relay.Params) []string {
	usual := relay.DefaultParams()
	var out []string
	keys := make([]string, 0, len(p)+len(usual))
	for _, k := range knownParams() {
		keys = append(keys, k.key)
	}
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		raw, sent := p[key]
		short := paramOf(key).short
		if short == "" {
			short = key
		}
		switch {
		case !sent && usual[key] != nil:
			out = append(out, "no "+short)
		case !sent, key != keyTemperature && string(raw) == string(usual[key]):
		case key == keyFormat:
			out = append(out, text.Line(briefValue(key, raw)))
		default:
			out = append(out, text.Line(short)+" "+text.Truncate(text.Line(briefValue(key, raw)), 12))
		}
	}
	return out
}

// describe works out what the line below the composer says of the chat's settings. It is asked for when they may have changed, not for
// each frame.
func (m *Model) describe() {
	m.facts = briefParams(m.chat.Params)
	switch role, changed := m.role(); {
	case role != "" && changed:
		m.facts = append([]string{text.Truncate(role, 16) + ", changed"}, m.facts...)
	case role != "" && role != "plain":
		m.facts = append([]string{text.Truncate(role, 24)}, m.facts...)
	case m.chat.System != "":
		m.facts = append([]string{"system ~" + widget.Short(relay.EstimateTokens(m.chat.System)) + " tok"}, m.facts...)
	}
}

// settings are the facts that there is room for, behind the model and before what is attached.
func (m *Model) settings(right int) []string {
	room := m.w - 6 - text.Width(text.Line(m.model)) - right
	for i := range m.compose.files {
		room -= text.Width(m.compose.files[i].words(chipName, true)) + 4
	}
	var out []string
	for i, fact := range m.facts {
		w := text.Width(fact) + 3
		if left := len(m.facts) - i; w > room || left > 1 && w+8 > room {
			if i > 0 && room > 7 {
				out = append(out, "+"+strconv.Itoa(left))
			}
			break
		}
		room -= w
		out = append(out, fact)
	}
	return out
}
