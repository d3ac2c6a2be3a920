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

// Store is what the pane needs of the state, in groups.
type Store struct {
	Library   Library
	Talk      Talk
	Drafts    compose.Drafts
	Budget    compose.Budget
	Comparing Comparing
	Settings  settings.Settings
}

// Library is all chats. List and New answer from memory; the others may wait for a disk, so only commands call them.
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

// Talk is the messages of a chat. Messages, Growing and Unqueue answer from memory; the others may wait for a disk,
// so only commands call them.
type Talk interface {
	compose.Talk
	Messages(chat string) []session.View
	Growing(chat string) []session.View
	Stop(chat string) bool
	SendNow(chat string) bool
	Regenerate(chat string, message int64) error
	Continue(chat string, message int64) error
	Switch(chat string, message int64, delta int)
	LeaveOut(chat string, from int64) error
}

// Comparing is a comparison of models. Columns answers from memory.
type Comparing interface {
	compare.Comparing
	Columns(chat string) []session.Column
}

// ModelChoice is a model that can be picked.
type ModelChoice = settings.Choice

// Options are the settings of the pane.
type Options struct {
	// Models lists the models that can be picked. It answers from memory; nil: none is known.
	Models func() []ModelChoice
	// Editor is the command line of the editor; "": $VISUAL, $EDITOR, then vi.
	Editor string
	// DraftPause is how long typing must pause before a draft is saved; 0: 400 ms.
	DraftPause time.Duration
}
