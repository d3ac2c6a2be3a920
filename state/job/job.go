// Package job runs files of prompts. Its rules:
//
// A row is paid for once. Its answer is written to the journal before its slot is free, and synced before it is
// counted. After a crash only rows without a record are sent again. Those that were in flight then, and those that
// we stop while a relay has them, are counted as possibly paid twice: a resume sends them again. A run whose
// journal can't be written stops.
//
// An input is never held in memory as a whole. It is read once to be indexed, and a row is read again at its offset
// when it is sent. A row takes 24 bytes of memory besides the hash tables; in a long input the offsets are in a
// file. Reading and sending overlap: a row may be sent once it is in the index, which means that its key is known,
// how many earlier rows have that key, and that nothing is wrong with it. Rows are indexed in the order of the
// input, so a later row changes nothing about an earlier one, except that both may have the same id. A
// duplicate id that is found late stops the run, and ids are numbered at the end of the input. A run that is
// resumed sends nothing before the whole input is indexed and the whole journal is replayed: any record may say
// that a row has its answer.
//
// Each run has five goroutines: one dispatches its rows, one writes its journal, one syncs it, one loads the rows
// that the window shows, and one adds to the Ledger. Others read the input and, in a resume, the journal. Apply and
// Rows do not touch the disk. A goroutine holds at most one lock, the Book's or a run's, and none while it calls
// the engine or OnChange. The locks of a roll-up, a journal and the places of an index may be taken while a run's
// is held.
//
// The journal has the only record of a row. What the rows cost is added to the Ledger once they are durable, at most
// once a second; what a crash left out is added at the next start.
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

// Errors that callers distinguish.
var (
	ErrNoRun  = errors.New("no such run")
	ErrInput  = input.ErrUnusable // wrong options or input: nothing was sent
	ErrExists = errors.New("the output file is there already")
	ErrLocked = errors.New("another process runs it")
	// ErrAtProvider: a run can't be deleted while a provider carries it.
	ErrAtProvider = errors.New("a provider still has rows of it")
	ErrClosed     = errors.New("the book of runs is closed")
)

// ExistsError names the output file that exists already. It is an ErrExists.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string {
	return fmt.Sprintf("%v: %s: go on with a run of this input (the same command with --resume last), overwrite it "+
		"(--force), or name another output (-o)", ErrExists, e.Path)
}

func (e *ExistsError) Unwrap() error { return ErrExists }

// Config configures a Book.
type Config struct {
	Engine   Engine
	Dir      string       // folder of the runs, created with 0700 if it does not exist
	Model    string       // of runs that name none
	Params   relay.Params // of runs that name none
	Now      func() time.Time
	OnChange func()         // called after a change that no event caused, without a lock; it must not wait
	MaxHold  time.Duration  // how long a run is held without an answer before it pauses; 0: an hour
	Cache    bool           // a row may be answered from the cache, unless it is sent again
	NoStream bool           // no new run streams its answers
	Version  string         // of the program, for the manifest
	Price    relay.Forecast // for the budget and the forecast; nil: prices are unknown
	// Priced reports whether the price of a model is known wherever it may be sent; nil: Price decides.
	Priced func(model string) bool
	// Measured says what the answers of a model were like, for the forecast; nil: nothing was measured. It may wait for
	// the disk.
	Measured func(model string) relay.Measured
	Ledger   Ledger // what the rows cost is counted there; nil: nowhere
	Stdin    io.Reader
	Parts    PartLimits // of runs that a provider carries

	openJournal func(path string) (journalFile, error) // a test sets a failing disk
	files       disk.Files                             // a test checks what is made durable
}
