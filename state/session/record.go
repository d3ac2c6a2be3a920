package session

import (
	"time"

	"relaytop/relay"
)

// Record is a chat as it is stored on disk, a flat record. It holds the sums of its answers, so that a list of
// chats needs no messages.
type Record struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Titled  bool         `json:"titled"` // the user chose the title: it is not made from the first words again
	Model   string       `json:"model"`
	System  string       `json:"system,omitempty"`
	Params  relay.Params `json:"params,omitempty"`
	Preset  string       `json:"preset,omitempty"` // the name of the preset that was chosen last
	Pinned  bool         `json:"pinned,omitempty"`
	Created time.Time    `json:"created"`
	Updated time.Time    `json:"updated"`
	Active  int64        `json:"active"`         // last message of the path that is shown; 0: none
	From    int64        `json:"from,omitempty"` // messages above this one are not sent; 0: all are
	// when that was chosen: an earlier count by a relay does not hold for what is sent now
	FromAt    time.Time   `json:"from_at,omitzero"`
	Draft     string      `json:"draft,omitempty"`
	Compare   []Target    `json:"compare,omitempty"` // the models that the next prompts go to
	Heads     []int64     `json:"heads,omitempty"`   // the newest answer of each column; empty before the first
	Queue     []Prompt    `json:"queue,omitempty"`   // prompts that wait for the answer before them
	Messages  int         `json:"messages"`          // on the path that is shown
	Cost      relay.Money `json:"cost"`              // settled, of all answers, in picodollars
	Estimated bool        `json:"estimated,omitempty"`
	Unknown   int         `json:"unknown,omitempty"` // answers whose cost is not known
}

// MessageRecord is one message of a chat's tree as it is stored on disk. (Chat, ID) is the key: saving again
// replaces. IDs grow with time and are unique among the processes on one data folder.
type MessageRecord struct {
	Chat   string `json:"chat,omitempty"`
	ID     int64  `json:"id"`
	Parent int64  `json:"parent"` // 0: the first of the chat
	Role   string `json:"role"`   // user or assistant
	Text   string `json:"text"`
	// bytes at the beginning of Text that are of the cut answer that this one continues
	Carried   int              `json:"carried,omitempty"`
	Parts     []Part           `json:"parts,omitempty"` // files of a user message
	Reasoning string           `json:"reasoning,omitempty"`
	Refusal   string           `json:"refusal,omitempty"`
	Tools     []relay.ToolCall `json:"tools,omitempty"`
	Model     string           `json:"model,omitempty"` // asked for
	Request   relay.ID         `json:"request,omitempty"`
	Created   time.Time        `json:"created"`
	Ended     bool             `json:"ended"`            // false on disk after a restart: the answer is partial
	Result    *relay.Result    `json:"result,omitempty"` // without texts, Raw and Err.Cause: safe to encode as JSON
}

// RecordContext says what a request was for.
type RecordContext struct {
	Chat    string // "" if it was no chat turn
	Message int64  // the answer's message
	Row     bool   // a row of a batch run
	Run     string // ID of that run, where it is known
	Demo    bool   // sent to the simulated relay
}
