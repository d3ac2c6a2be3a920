// Package state is everything true about the program: chats, runs, figures. It draws nothing and opens no socket.
// Store.Apply folds events into it under one mutex. The screen asks it for a Snapshot, and reads long lists window by
// window.
package state

import (
	"context"
	"time"

	"relaytop/relay"
	"relaytop/state/filter"
	"relaytop/state/find"
	"relaytop/state/job"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// Engine answers requests. relay/pool is the real one; a test passes a fake.
type Engine interface {
	// Submit queues a request and returns at once. Its events, Done at the end, go to the sink that the engine was
	// made with.
	Submit(relay.Request) error
	// Cancel ends a request in any phase; its Done follows. Unknown IDs are ignored.
	Cancel(relay.ID)
	// SendNow sends a chat that waits for our own limits. Others are ignored.
	SendNow(relay.ID)
	// Allowances are the current limits of every endpoint. It is never called under the store's lock.
	Allowances() []relay.Allowance
}

// Archive is the storage. state/archive is the real one; nil means that nothing is stored.
type Archive interface {
	// SaveChat writes a chat in place of an older record of it. It returns once it is durable.
	SaveChat(session.Record) error
	// SaveMessage writes a message in place of an older record of it. It returns once it is durable.
	SaveMessage(session.MessageRecord) error
	// SaveWhole writes a chat and all of its messages, or nothing.
	SaveWhole(session.Record, []session.MessageRecord) error
	// SaveUnsaved writes chats, messages, and settings by key that can't be stored into a file, which the next start
	// reads, and names the file.
	SaveUnsaved([]session.Record, []session.MessageRecord, map[string]string) (name string, err error)
	// DeleteChat removes a chat and its messages.
	DeleteChat(id string) error
	// LoadChats returns every chat, in any order. With session.ErrMalformed it returns those that can be decoded.
	LoadChats() ([]session.Record, error)
	// LoadMessages returns all messages of a chat, siblings included, oldest first.
	LoadMessages(chat string) ([]session.MessageRecord, error)
	// Search finds the messages that contain everything that was typed, newest first. next is that of the previous
	// page, 0 for the first.
	Search(typed string, limit int, next int64) (find.Found, error)
	// Record stores a request that ended. It never waits: the writer has a queue, which spills into a file. The result
	// is not changed afterwards.
	Record(*relay.Result, session.RecordContext)
	// Request returns what was kept of a request that ended, however long ago; nil: it has no record of it. It waits for
	// what was recorded just before.
	Request(relay.ID) (*relay.Result, error)
	// Requests returns a page of the requests that ended, newest first, with what Request returns of each.
	Requests(filter.Query) (filter.Page, error)
	// Totals counts every request that was ever recorded.
	Totals() (meter.Counters, error)
	// ModelFigures are the figures of each model since a moment. It may wait.
	ModelFigures(since time.Time) ([]meter.ModelFigures, error)
	// Setting and SetSetting keep small things such as the last chat.
	Setting(key string) (string, bool)
	SetSetting(key, value string) error
}

// RunBook holds the batch runs. state/job's Book is the real one. It has its own lock and is never called under the
// store's.
type RunBook interface {
	// Apply folds an event and names the run that its request is a row of; "": it is not a row. It never waits.
	Apply(relay.Event) (run string)
	Start(job.Options) (id string, err error)
	// Preflight reads an input and returns what a run of it would do. It sends nothing.
	Preflight(context.Context, job.Options) (job.Plan, error)
	// PreflightSoon is Preflight that reads for a bounded time. Its plan may say that there is more.
	PreflightSoon(context.Context, job.Options) (job.Plan, error)
	// BatchAPI asks the relays of a model whether they have batches.
	BatchAPI(ctx context.Context, model string) job.BatchAPI
	Pause(id string) error
	// Hold opens a run and reads it. It sends nothing.
	Hold(ctx context.Context, id string) (job.Header, error)
	// Release closes a run that Hold opened, unless it went on.
	Release(id string) error
	Resume(id string) error
	Cancel(id string) error
	Resize(id string, n int) error
	SetBudget(id string, budget relay.Money) error
	RetryFailed(id string) error
	// Preview is the plan of the first rows of a file.
	Preview(ctx context.Context, path string) (job.Plan, error)
	Refresh() error // reads the list of the runs on the disk
	RetryRow(id string, n int) error
	// RowCost is what a row will cost if it is sent. It reads the row.
	RowCost(id string, n int) (job.RowCost, error)
	// Skip leaves a row out that has no outcome yet.
	Skip(id string, n int) error
	Headers() []job.Header // newest first
	Header(id string) (job.Header, bool)
	Rows(id string, from, n int) []job.Row
	// RowsWhere returns the rows that keep accepts, and how many there are.
	RowsWhere(id string, keep func(o job.Outcome, fellBack bool) bool, from, n int) (rows []job.Row, total int)
	// Query searches and sorts the rows. It may wait for the disk.
	Query(ctx context.Context, id string, q job.Query) ([]int32, error)
	// RowsAt returns rows by their indexes.
	RowsAt(id string, at []int32) []job.Row
	// Whole reads all of a row, by its number.
	Whole(id string, n int) (job.Whole, error)
	Focus(id string) int // index of the first unfinished row
	// Recorded returns what a journal has of a request that was sent for a row; nil: nothing. It waits for the disk.
	Recorded(id relay.ID) (*relay.Result, error)
	// Carried is a run that a provider carries: its parts, and what is asked of the provider.
	Carried(id string) job.Carried
	Close(context.Context) error
}

// DayBudget limits what a day may cost. state/budget's Day is the real one; nil means no limit.
type DayBudget interface {
	// Check is relay.ErrBudget with its figures once the budget is spent, or for a model without a price. It never
	// waits.
	Check(models ...string) error
	// Refresh reads what other processes spent, and waits for the prices of models. It may wait for the disk and a
	// relay.
	Refresh(models ...string) error
	// Lift lifts the budget for the rest of the day.
	Lift()
	// AllowUnpriced lets models without a price pass for the rest of the day.
	AllowUnpriced()
	// Figures are the limit, 0 for none, what was settled today, and how many requests have an unknown cost.
	Figures() (limit, spent relay.Money, unknown int)
}

// Snapshot is small and of fixed size: what the strip, the titles and the message line show, and versions that tell
// a pane whether a list that it reads window by window has changed.
type Snapshot struct {
	At       time.Time
	Version  uint64 // of everything
	Demo     bool
	Relay    string        // endpoint's name
	Model    string        // of the open chat
	Figures  meter.Figures // of the window that the metrics were last asked for, at first a minute
	Spent    meter.Figures // of the whole session, for the money on the strip
	Meter    uint64        // version of the metrics
	Chats    uint64        // version of the list of chats
	Chat     session.Header
	Run      job.Header // the run that is shown; ID "": there is no run
	Runs     int
	DayLimit relay.Money // budget of the day; 0: none
	DaySpent relay.Money // settled today, where there is a budget
	DayBlind int         // requests of today with an unknown cost, where there is a budget
	Notice   Notice      // the newest one
	Limits   []relay.Allowance
	Breakers []Breaker // those that are not closed, by endpoint and model; bounded
	Health   Health
	Busy     bool      // work is in flight: elapsed times move
	NextTick time.Time // when time alone changes something on the screen; zero: never
}

// Breaker is an endpoint and model that the route leaves out.
type Breaker struct {
	Endpoint, Model string
	State           relay.BreakerState // open or half-open
	Until           time.Time          // when it lets a probe through; zero: unknown
}

// Notice is one line for the message line.
type Notice struct {
	At    time.Time
	Level Level
	Text  string
}

// Level is how much a notice matters.
type Level uint8

// The levels.
const (
	Info Level = iota
	Warn
	Bad
)
