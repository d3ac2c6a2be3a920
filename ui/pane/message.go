package pane

import "strings"

// FocusMsg asks the root to give the keys to the pane of that name.
type FocusMsg struct{ Pane string }

// ZoomMsg asks the root to give a pane the whole screen.
type ZoomMsg struct{ Pane string }

// KeyName is a key as it is shown: page keys by their short names, space by its word.
func KeyName(k string) string {
	switch k {
	case " ", "space":
		return "space"
	case "pgdown":
		return "pgdn"
	}
	return strings.ReplaceAll(k, "escape", "esc")
}
