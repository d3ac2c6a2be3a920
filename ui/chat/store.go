package chat

import (
	"time"

	"relaytop/relay"
	"relaytop/state/find"
	"relaytop/state/meter"
	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/ui/chat/settings"
)

// Store is what the pane needs of the state. Chats, Messages, Growing, Columns and Unqueue answer from memory; the
// rest may wait for a disk and is called from commands only.
type Store interface {
	Chats() []session.Header
	Messages(chat string) []session.View
	Growing(chat string) []session.View
	Open(chat string) error
	OpenAt(chat string, message int64) error
	Search(typed string, limit int, next int64) (find.Found, error)
	NewChat() string
	Ask(chat, text string, files ...session.Part) error
	SendQueued(chat string) error
	Unqueue(chat string) (session.Prompt, bool)
	Stop(chat string) bool
	Regenerate(chat string, message int64) error
	Continue(chat string, message int64) error
	EditAndResend(chat string, message int64, text string, files ...session.Part) error
	Switch(chat string, message int64, delta int)
	SetModel(chat, model string) error
	SetParams(chat string, p relay.Params) error
	SetSystem(chat, text string) error
	UsePreset(chat string, p session.Preset) error
	NamePreset(chat, name string) error
	LeaveOut(chat string, from int64) error
	Fork(chat string, message int64) (string, error)
	Rename(chat, title string) error
	Delete(chat string) error
	Pin(chat string, on bool) error
	SaveDraft(chat, text string, files ...session.Part) error
	DropDraft(chat string, sent session.Prompt) error
	KeepDraft(chat, text string, files ...session.Part) error
	Columns(chat string) []session.Column
	Compare(chat string, targets []session.Target) error
	Adopt(chat string, column int) error
	Again(chat string, column int) error
	Remember(key, value string) error
	Recall(key string) (string, bool)
	Measured() ([]meter.Measure, error)
	Export(chat string) (*portable.Chat, error)
	Import(*portable.Chat) (id string, err error)
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
