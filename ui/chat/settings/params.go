package settings

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// panel is the dialog for the parameters of a chat.
type panel struct {
	writer *paramWriter
	params relay.Params
}

// paramWriter stores the newest parameters. Commands run concurrently: if each had a copy of its own, an old one could
// be stored last.
type paramWriter struct {
	store  Store
	chat   string
	mu     sync.Mutex
	newest atomic.Pointer[relay.Params]
}

func (w *paramWriter) write(p relay.Params) tea.Cmd {
	w.newest.Store(&p)
	return func() tea.Msg {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.chat == "" {
			w.chat = w.store.Library.New()
		}
		return pane.Report("the parameters were not saved", "", w.store.Settings.SetParams(w.chat, *w.newest.Load()))
	}
}

// EditParams opens the panel of parameters.
func (m *Model) EditParams() tea.Cmd {
	p := &panel{writer: &paramWriter{store: m.store, chat: m.chat.ID}, params: maps.Clone(m.chat.Params)}
	schema := overlay.FormKey{Key: "f", Does: "schema file", On: func(name string) bool { return name == keyFormat },
		Do: func(string) tea.Cmd {
			return overlay.Open(overlay.Files(overlay.FilesOptions{Title: "a JSON schema", Only: "JSON", Choose: p.openSchema,
				Accept: func(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".json") }}))
		}}
	return overlay.Open(overlay.Form(overlay.FormOptions{
		Title: "parameters", None: "not sent", Fields: p.fields,
		Set: p.set, Unset: p.unset, Reset: p.reset, Add: p.refuse, Keys: []overlay.FormKey{schema},
	}))
}

// refuse returns why a key cannot be added; "" if it can.
func (p *panel) refuse(key string) string {
	if isKnown(key) {
		return key + " is in the list already"
	}
	return checkKey(key, p.params)
}

// fields returns the known parameters, then the others that are sent.
func (p *panel) fields() []overlay.Field {
	defaults := relay.DefaultParams()
	var out []overlay.Field
	for _, key := range keysOf(p.params) {
		known, raw := paramOf(key), p.params[key]
		out = append(out, overlay.Field{
			Name: key, Set: raw != nil, Value: showValue(key, raw), Shown: briefValue(key, raw),
			Default: showValue(key, defaults[key]), Allowed: known.takes, Choices: known.choices,
		})
	}
	return out
}

// keysOf returns the keys of the known parameters in their order, then the others that are sent, sorted.
func keysOf(p relay.Params) []string {
	var keys []string
	for _, known := range knownParams() {
		keys = append(keys, known.key)
	}
	for _, key := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *panel) set(key, typed string) (string, tea.Cmd) {
	if path, ok := schemaPath(typed); ok && key == keyFormat {
		if path == "" {
			return "type the name of a file after it, or press f in the list", nil
		}
		return "", p.openSchema(path)
	}
	raw, err := parseValue(key, typed)
	if err != nil {
		return err.Error(), nil
	}
	return "", p.put(key, raw)
}

// put changes one key; a nil value removes it.
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
	return p.writer.write(next)
}

func (p *panel) unset(key string) tea.Cmd { return p.put(key, nil) }

func (p *panel) reset(key string) tea.Cmd { return p.put(key, relay.DefaultParams()[key]) }

// readSchema sets a response format that was read from a file.
func (p *panel) readSchema(msg schemaMsg) tea.Cmd {
	if msg.err != nil {
		return pane.Toast(state.Bad, text.Line(msg.err.Error()))
	}
	return p.put(keyFormat, msg.raw)
}

// briefParams returns the parameters that differ from the defaults, and always the temperature.
func briefParams(p relay.Params) []string {
	defaults := relay.DefaultParams()
	var out []string
	for _, key := range keysOf(p) {
		raw, sent := p[key]
		short := cmp.Or(paramOf(key).short, key)
		switch {
		case !sent && defaults[key] != nil:
			out = append(out, "no "+short)
		case !sent, key != keyTemperature && string(raw) == string(defaults[key]):
		case key == keyFormat:
			out = append(out, text.Line(briefValue(key, raw)))
		default:
			out = append(out, text.Line(short)+" "+text.Truncate(text.Line(briefValue(key, raw)), 12))
		}
	}
	return out
}
