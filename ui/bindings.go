package ui

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"relaytop/ui/batch"
	"relaytop/ui/chat"
	"relaytop/ui/metrics"
	"relaytop/ui/pane"
)

// rebind replaces the default keys by those of the configuration: action name -> keys; an empty list removes the
// keys. An action that does not exist is an error, and so is a key that two actions of the same place would share.
func rebind(keys map[string][]string, tables ...[]pane.Action) error {
	known, defaults := map[string]bool{}, map[string][]string{}
	for _, table := range tables {
		for i := range table {
			a := &table[i]
			known[a.Name], defaults[a.Name] = true, a.Binding.Keys()
			if list, ok := keys[a.Name]; ok {
				a.Binding.SetKeys(list...)
				shown := ""
				if len(list) > 0 {
					shown = pane.KeyName(list[0])
				}
				a.Binding.SetHelp(shown, a.Binding.Help().Desc)
				a.Binding.SetEnabled(len(list) > 0)
			}
		}
	}
	for _, name := range sorted(keys) {
		if !known[name] {
			return keyError(name, "[keys] names an action that does not exist: %q; the help (?) lists the actions", name)
		}
		for _, k := range keys[name] {
			if !isKey(k) {
				return keyError(name, "%q is not a key: write a letter or a name such as enter, tab, up, pgdown or f5, with "+
					"ctrl+, alt+ or shift+ before it", k)
			}
		}
	}
	return clashes(keys, defaults, tables)
}

// KeyError is an error in the keys of the configuration.
type KeyError struct{ Action, Message string }

func (e *KeyError) Error() string { return e.Message }

func keyError(action, format string, args ...any) error {
	return &KeyError{Action: action, Message: fmt.Sprintf(format, args...)}
}

// CheckKeys checks the keys of the configuration as Run does. The error is a *KeyError.
func CheckKeys(keys map[string][]string) error {
	if len(keys) == 0 {
		return nil
	}
	env := &pane.Env{}
	m := &model{inspector: newInspector(env, nil), panes: [numPanes]pane.Pane{
		paneChat:    chat.New(env, chat.Store{}, chat.Options{}),
		paneBatch:   batch.New(env, nil),
		paneMetrics: metrics.New(env, nil),
	}}
	m.keys = m.globals()
	return rebind(keys, m.tables()...)
}

// tables are the actions whose keys can be configured: those of the panes, of the inspector and, last, the global ones.
func (m *model) tables() [][]pane.Action {
	var all [][]pane.Action
	for _, p := range m.panes {
		all = append(all, p.Actions())
	}
	return append(all, m.inspector.pane.Actions(), m.keys)
}

// isKey reports that k is a key that can be pressed: modifiers, then one character or a name.
func isKey(k string) bool {
	for {
		mod, rest, ok := strings.Cut(k, "+")
		if !ok || rest == "" || !slices.Contains([]string{"ctrl", "alt", "shift", "meta", "hyper", "super"}, mod) {
			break
		}
		k = rest
	}
	if n, ok := strings.CutPrefix(k, "f"); ok {
		if i, err := strconv.Atoi(n); err == nil {
			return i >= 1 && i <= 63
		}
	}
	return utf8.RuneCountInString(k) == 1 && k != " " ||
		slices.Contains([]string{"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right",
			"home", "end", "pgup", "pgdown", "insert", "delete", "begin", "find", "select", "menu", "pause", "printscreen"}, k)
}

// clashes returns an error if the configuration gave a key to an action and another action of the same place has it.
// The global actions, the last table, share a place with every pane, and those of them that work while typing take
// precedence over a pane's actions that do not.
func clashes(keys, defaults map[string][]string, tables [][]pane.Action) error {
	global := tables[len(tables)-1]
	for _, table := range tables {
		for i := range table {
			if shared := sharedKey(table[i].Binding.Keys(), quitKey.Keys()); shared != "" {
				return keyError(table[i].Name, "[keys] gives %s to %s, but it stops and quits everywhere", shared, table[i].Name)
			}
			if err := clash(keys, defaults, &table[i], table, false); err != nil {
				return err
			}
			if err := clash(keys, defaults, &table[i], global, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// clash returns an error if a shares a key with one of others, and the keys of one of the two were configured. above
// says that the others get a key first.
func clash(keys, defaults map[string][]string, a *pane.Action, others []pane.Action, above bool) error {
	for k := range others {
		b := &others[k]
		_, mine := keys[a.Name]
		_, theirs := keys[b.Name]
		if a.Name == b.Name || !mine && !theirs || a.Typing != b.Typing && !(above && b.Typing) {
			continue
		}
		if shared := sharedKey(a.Binding.Keys(), b.Binding.Keys()); shared != "" &&
			!(slices.Contains(defaults[a.Name], shared) && slices.Contains(defaults[b.Name], shared)) {
			if !mine { // name the action that was configured
				a, b = b, a
			}
			return keyError(a.Name, "[keys] gives %s to %s, but %s has it", shared, a.Name, b.Name)
		}
	}
	return nil
}

func sharedKey(a, b []string) string {
	for _, k := range a {
		if slices.Contains(b, k) {
			return k
		}
	}
	return ""
}

func sorted(m map[string][]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, strings.TrimSpace(name))
	}
	sort.Strings(names)
	return names
}
