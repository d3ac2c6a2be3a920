package find

import "time"

// Hit is a message, or the title of a chat, in which everything stands that was looked for.
type Hit struct {
	Chat    string
	Title   string // of the chat
	Message int64  // 0: the hit is the title that someone chose for the chat
	Role    string // user or assistant; "" for a title
	At      time.Time
	File    string // that goes with the message and in whose text it stands; "" in the message itself, or the name of a file
	Snippet string // on one line, around the hit; raw, as all that was said
	Marks   []Mark // what matched in it
}

// Found is a page of hits, newest first.
type Found struct {
	Hits    []Hit
	Next    int64 // where the next page begins; 0: there is none
	Waiting int   // messages that were not looked at: the index is still being made, newest first
}
