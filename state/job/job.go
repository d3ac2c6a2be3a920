// Package job runs files of prompts. Its rules:
//
// A row is paid for once. Its answer is written to the journal before its slot is free, and synced before it is
// counted. After a crash only rows without a record are sent again, and those that were in flight are counted as
// possibly paid twice. A run whose journal can't be written stops.
//
// An input is never held whole. It is read once to be indexed (48 bytes a row), and a row is read again by its offset
// when it is sent.
//
// Each run has four goroutines: one dispatches its rows, one writes its journal, one syncs it, one loads what the
// window shows. Apply and Window touch no disk. A goroutine holds at most one lock, the Book's or a run's, and none
// while it calls the engine or OnChange.
package job

import (
	"errors"
	"fmt"
	"io"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// DefaultConcurrency is how many rows are in flight by default.
const DefaultConcurrency = 10

// maxConcurrency bounds Resize and Options.Concurrency.
const maxConcurrency = 10_000

// Engine answers the rows. relay/pool is the real one.
type Engine interface {
	// Submit queues a request and returns at once. Its events, Done at the end, come to Book.Apply. After an error
	// none come.
	Submit(relay.Request) error
	// Cancel ends a request in whatever phase it is; its Done follows. Unknown IDs are ignored.
	Cancel(relay.ID)
}

// Errors that callers tell apart.
var (
	ErrNoRun  = errors.New("no such run")
	ErrInput  = input.ErrUnusable // wrong use or input: nothing was sent
	ErrExists = errors.New("the output file is there already")
	ErrHeld   = errors.New("another process runs it")
	ErrClosed = errors.New("the book of runs is closed")
)

// ExistsError says which output file is there already. It is an ErrExists.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%v: %s: resume the newest run of this file (--resume last), overwrite it (--force), or name "+
		"another output (-o)", ErrExists, e.Path)
}

func (e *ExistsError) Unwrap() error { return ErrExists }

// Config is what a Book is made with.
type Config struct {
	Engine   Engine
	Dir      string       // folder of the runs, made with 0700 if it is not there
	Model    string       // of runs that name none
	Params   relay.Params // of runs that name none
	Now      func() time.Time
	OnChange func()         // called after a change that no event caused; must not wait, no lock is held
	Cache    bool           // a row may be served by an answer that was paid for before; one that is sent again never is
	Version  string         // of the program, for the manifest
	Price    relay.Forecast // for the budget and the forecast; nil: no price is known
	Stdin    io.Reader

	openJournal func(path string) (journalFile, error) // tests put a failing disk here
	files       disk.Files                             // tests see here what is made durable
}
