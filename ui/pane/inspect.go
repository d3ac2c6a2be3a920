package pane

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
)

// InspectMsg asks the root to show all that is known of a request, over the panes.
type InspectMsg struct {
	ID     relay.ID
	What   string        // what it is, in a few words of ours: "answer", "row 12"
	Result *relay.Result // where the store may have let go of it; may be nil
	Replay tea.Cmd       // sends the same once more; its message may be the InspectMsg of that. Nil: not from here
	Edit   tea.Cmd       // begins to edit and send it, in the pane that has the focus then. Nil: not from here
	Why    string        // why there is no Replay
}

// InspectEndMsg closes what InspectMsg opened.
type InspectEndMsg struct{}
