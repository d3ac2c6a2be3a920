package pane

import (
	"strings"
	"unicode/utf8"
)

// Keys finds the keys of actions by the actions' names, so that a hint shows the key that the configuration gave to an
// action. The zero value knows none.
type Keys struct {
	actions map[string]*Action
}

// Add adds a table of actions. What is later bound in the table counts.
func (k *Keys) Add(table []Action) {
	if k.actions == nil {
		k.actions = make(map[string]*Action)
	}
	for i := range table {
		k.actions[table[i].Name] = &table[i]
	}
}

// Of is the key to show for an action, as Action.Key; "" if there is none.
func (k *Keys) Of(action string, typing bool) string {
	if k == nil || k.actions[action] == nil {
		return ""
	}
	return k.actions[action].Key(typing)
}

// Key is the key to show for the action, "" if it has none. Unless letters are text it is the action's single letter
// rather than an alt key, which works while typing too.
func (a *Action) Key(typing bool) string {
	keys := a.Binding.Keys()
	if len(keys) == 0 {
		return ""
	}
	if !typing && strings.HasPrefix(keys[0], "alt+") {
		for _, k := range keys {
			if utf8.RuneCountInString(k) == 1 {
				return k
			}
		}
	}
	return KeyName(keys[0])
}
