package pane

import (
	"relaytop/relay"
	"relaytop/ui/style"
)

// GroupInk is the colour of a group of error classes in charts and lists.
func GroupInk(st *style.Styles, group relay.Group) style.Ink {
	switch group {
	case relay.GroupOverload:
		return st.Error
	case relay.GroupLimit:
		return st.Warn
	case relay.GroupTimeout:
		return st.Chart[3]
	case relay.GroupOther:
	}
	return st.Chart[2]
}
