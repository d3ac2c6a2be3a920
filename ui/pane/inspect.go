package pane

import (
	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
)

// InspectMsg asks the root to show everything known about a request, over the panes.
type InspectMsg struct {
	ID     relay.ID
	What   string        // what it is, in a few words: "answer", "row 12"
	Result *relay.Result // its result, if the store may no longer have it; may be nil
	Lost   bool          // its end was lost: the program that sent it was killed
	Replay tea.Cmd       // sends the request again; its message may be the InspectMsg of that. Nil: off, see Why
	Edit   tea.Cmd       // starts to edit it in the pane that has the focus then. Nil: off
	Why    string        // why Replay is nil
}

// InspectEndMsg closes what InspectMsg opened.
type InspectEndMsg struct{}
