// Package state is everything true about the program: chats, runs, figures. It draws nothing and opens no socket. Events are
// folded into it under one mutex by Store.Apply; the screen asks it for a Snapshot, and by window for what is long.
package state

import (
	"time"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// Engine answers requests. relay/pool is the real one; a test passes a fake.
type Engine interface {
	// Submit queues a request and returns at once. Its events, Done at the end, go to the sink that the engine was made with.
	Submit(relay.Request) error
	// Cancel ends a request in whatever phase it is; its Done follows. Unknown IDs are ignored.
	Cancel(relay.ID)
}

// Snapshot is small and of fixed size: what the strip, the titles and the message line show, and versions that tell a pane
// whether what it asks for by window has changed.
type Snapshot struct {
	At       time.Time
	Version  uint64 // of everything
	Demo     bool
	Relay    string // endpoint's name
	Model    string // of the open chat
	Figures  meter.Figures
	Meter    uint64 // version of the metrics
	Chats    uint64 // version of the list of chats
	Chat     session.Header
	Run      job.Header // the run that is shown; ID "" is none
	Runs     int
	Notice   Notice    // newest line worth showing
	Busy     bool      // work is in flight: elapsed times move
	NextTick time.Time // when something on the screen changes by time alone; zero: never
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
