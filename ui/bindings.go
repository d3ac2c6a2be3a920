package ui

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"relaytop/ui/pane"
)

// rebind puts the keys of the configuration in place of the usual ones: action name -> keys, an empty list takes the key away. It fails
// for an action that does not exist and for a key that two actions of one place would share.
func rebind(keys map[string][]string, tables ...[]pane.Action) error {
	known := map[string]bool{}
	for _, table := range tables {
		for i := range table {
			a := &table[i]
			known[a.Name] = true
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
			return fmt.Errorf("[keys] names an action that does not exist: %q; the help (?) lists the actions", name)
		}
	}
	return clashes(keys, tables)
}

// clashes looks for a key that the configuration gave to an action while another of the same pane, or a global one, has it.
func clashes(keys map[string][]string, tables [][]pane.Action) error {
	global := tables[len(tables)-1]
	for _, table := range tables {
		both := slices.Concat(table, global)
		for i := range table {
			if _, changed := keys[table[i].Name]; !changed {
				continue
			}
			for k := range both {
				if b := &both[k]; b.Name != table[i].Name && b.Typing == table[i].Typing {
					if shared := sharedKey(table[i].Binding.Keys(), b.Binding.Keys()); shared != "" {
						return fmt.Errorf("[keys] gives %s to %s, and %s has it", shared, table[i].Name, b.Name)
					}
				}
			}
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
