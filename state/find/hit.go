package find

import "time"

// Hit is a message, or the title of a chat, that matches a query.
type Hit struct {
	Chat    string
	Title   string // of the chat
	Message int64  // 0: the hit is the title that the user chose for the chat
	Role    string // user or assistant; "" for a title
	At      time.Time
	File    string // the attached file whose text matches; "": the message itself matches, or the name of a file
	Snippet string // on one line, around the match; not sanitised
	Marks   []Mark // the matches in it
}

// Found is a page of hits, newest first.
type Found struct {
	Hits      []Hit
	Next      int64 // where the next page begins; 0: this is the last page
	Waiting   int   // messages that were not searched: they are not indexed yet; the newest are indexed first
	Malformed int   // hits of this page that are left out: the record of the message or of its chat can't be decoded
}
