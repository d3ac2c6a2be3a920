package chat

import (
	"time"

	"relaytop/state/find"
	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/ui/chat/compare"
	"relaytop/ui/chat/compose"
	"relaytop/ui/chat/settings"
)

// Store is what the pane needs of the state, by what it is about.
type Store struct {
	Library   Library
	Talk      Talk
	Drafts    compose.Drafts
	Comparing Comparing
	Settings  settings.Settings
}

// Library is all chats. List and New answer from memory; the others may wait for a disk and are called from commands
// only.
type Library interface {
	List() []session.Header
	New() string
	Open(chat string) error
	OpenAt(chat string, message int64) error
	Search(typed string, limit int, next int64) (find.Found, error)
	Rename(chat, title string) error
	Pin(chat string, on bool) error
	Fork(chat string, message int64) (string, error)
	Delete(chat string) error
	Export(chat string) (*portable.Chat, error)
	Import(*portable.Chat) (id string, err error)
}

// Talk is what is said in a chat. Messages, Growing and Unqueue answer from memory; the others may wait for a disk and
// are called from commands only.
type Talk interface {
	compose.Talk
	Messages(chat string) []session.View
	Growing(chat string) []session.View
	Stop(chat string) bool
	Regenerate(chat string, message int64) error
	Continue(chat string, message int64) error
	Switch(chat string, message int64, delta int)
	LeaveOut(chat string, from int64) error
}

// Comparing is answers side by side. Columns answers from memory.
type Comparing interface {
	compare.Comparing
	Columns(chat string) []session.Column
}

// ModelChoice is a model that can be picked.
type ModelChoice = settings.Choice

// Options is what the pane is told at the start.
type Options struct {
	// Models lists what can be picked. It answers from memory; nil: nothing is known.
	Models func() []ModelChoice
	// Editor is the command line of the editor; "": $VISUAL, $EDITOR, then vi.
	Editor string
	// DraftPause is how long typing rests before a draft is saved; 0: the composer's own pause.
	DraftPause time.Duration
}
