// Package session holds conversations: trees of messages with append-only text, the queue of prompts, drafts, and
// what a chat sends.
//
// Nothing here has a lock or touches a disk: the owner of a Chats does both. Only Delete destroys a message: editing,
// regenerating and continuing make siblings. Strings in views share the memory of the text and never change.
package session

import (
	"cmp"
	crand "crypto/rand"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"relaytop/relay"
)

// Errors of chats.
var (
	ErrNoChat    = errors.New("no such chat")
	ErrNoMessage = errors.New("no such message in this chat")
	ErrStreaming = errors.New("an answer is streaming: stop it first")
	ErrEmpty     = errors.New("nothing to send")
	ErrLoading   = errors.New("this chat is not open yet")
	ErrMalformed = errors.New("a chat's record on disk is malformed")
)

// Chats holds all conversations. NewChats makes one.
type Chats struct {
	chats    map[string]*Chat
	inflight map[relay.ID]*message
	dirty    []*message
	seq      uint64
	list     uint64 // version of the list
	lastID   int64
	price    relay.Forecast
}

// NewChats returns an empty Chats. price prices answers that stream; it may be nil.
func NewChats(price relay.Forecast) *Chats {
	return &Chats{price: price, chats: make(map[string]*Chat), inflight: make(map[relay.ID]*message)}
}

func estimateOf(s string) int64 { return relay.EstimateTokens(s) }

func (s *Chats) add(r Record) *Chat {
	c := &Chat{rec: r, root: new(message), byID: make(map[int64]*message), seq: &s.seq, price: s.price}
	c.root.chat = c
	s.chats[r.ID] = c
	c.change()
	s.list = s.next()
	return c
}

func (s *Chats) next() uint64 {
	s.seq++
	return s.seq
}

// New begins a chat with the given model and returns it. It is stored once it has a message.
func (s *Chats) New(model string, params relay.Params, at time.Time) *Chat {
	c := s.add(Record{ID: NewName(), Model: model, Params: params, Created: at, Updated: at})
	c.loaded = true
	return c
}

// NewName returns a random ID, unique among all processes.
func NewName() string { return crand.Text() }

// Restore adds a stored chat, without its messages.
func (s *Chats) Restore(r Record) { s.add(r).touched = true }

// Get returns a chat; nil if there is none of that ID.
func (s *Chats) Get(id string) *Chat { return s.chats[id] }

// Loaded reports whether the chat's messages are in memory.
func (c *Chat) Loaded() bool { return c.loaded }

// Touched reports whether the chat has anything to store.
func (c *Chat) Touched() bool { return c.touched }

// ID names the chat.
func (c *Chat) ID() string { return c.rec.ID }

// Load gives a chat its messages, and the files of its draft. An answer that never ended is shown as partial.
func (c *Chat) Load(records []MessageRecord, draft []Part) {
	if c.loaded {
		return
	}
	c.loaded, c.files = true, draft
	for i := range records {
		m := c.restore(&records[i])
		parent := c.byID[records[i].Parent]
		if parent == nil {
			parent = c.root
		}
		c.attach(m, parent)
	}
	if m := c.byID[c.rec.Active]; m != nil {
		c.show(m)
	}
	c.change()
}

// Headers are those of the open chat and of all that are not empty: pinned first, then newest.
func (s *Chats) Headers(open string) []Header {
	out := make([]Header, 0, len(s.chats))
	for id, c := range s.chats {
		if c.touched || id == open {
			out = append(out, c.Header())
		}
	}
	slices.SortFunc(out, func(a, b Header) int {
		if a.Pinned != b.Pinned {
			if a.Pinned {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Updated.Compare(a.Updated), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// List is the version of the list of chats: it changes whenever a header may, except for text that streams.
func (s *Chats) List() uint64 { return s.list }

// newID returns an ID for a message: milliseconds and twenty random bits, always above the last one.
func (s *Chats) newID(at time.Time) int64 {
	id := at.UnixMilli()<<20 | rand.Int64N(1<<20)
	s.lastID = max(id, s.lastID+1)
	return s.lastID
}

// Newest is the ID of the chat that was changed last; "" if there is none.
func (s *Chats) Newest() string {
	var best *Chat
	for _, c := range s.chats {
		if best == nil || c.rec.Updated.After(best.rec.Updated) {
			best = c
		}
	}
	if best == nil {
		return ""
	}
	return best.rec.ID
}
