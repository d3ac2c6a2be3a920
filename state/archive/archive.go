// Package archive stores requests, chats, messages, settings and what the engine learns in one SQLite file. It is the
// only importer of database/sql.
//
// Its rules:
//   - A chat and a message are durable when their Save returns (WAL, synchronous=FULL: the commit is synced).
//   - A request that ended goes into a queue and is never dropped; one goroutine writes the queue, many requests in a
//     transaction. If the queue is full, or the program ends, while the database can't be written, the queue goes into
//     a file beside the database, which is imported once the database can be written again.
//   - The sums of a request by day are written in its own transaction, by a trigger. A report of usage reads the sums,
//     and requests only of the day that its beginning cuts.
//   - Tables change in one transaction, with a copy of the file beside it until that has succeeded. A file of a newer
//     version is not opened.
//   - Several processes may share one file: every transaction that writes takes the lock when it begins, and waits up
//     to five seconds for it.
//   - A damaged file is set aside under a name with the time, never overwritten.
//   - A message is indexed in the transaction that stores it, once it has ended, with the names of its files and the
//     first 64 KiB of each file's text. The index can be derived from the messages: one that is damaged, or was made by
//     other rules, is rebuilt in the background. It never prevents a message from being stored.
//   - Errors say what the user can do; the program can run without an archive.
package archive

import (
	"context"
	"errors"
	"time"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/find"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// Options configure an archive.
type Options struct {
	Demo bool             // its figures are those of the simulated relay, and so is its file
	Now  func() time.Time // wall clock; nil is time.Now

	// Migrating is called while the tables of an older version change, with how much of it is done. It may be nil.
	Migrating func(done, total int64)

	// Files writes the files beside the database. The zero value is the disk.
	Files disk.Files
}

// Archive is an open database. Its methods may be called from any goroutine.
type Archive struct {
	db     *database
	errors *reporter
	index  *searchIndex
	chats  *chats
	search *searcher
	ledger *ledger
	values *values
	notice string
}

// Open opens the database at path, which is absolute, and creates it and its folder if they don't exist. An error
// means that nothing can be stored; it is one line for the user.
func Open(path string, o Options) (*Archive, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	db := &database{path: path, now: o.Now, files: o.Files, progress: o.Migrating}
	errs := &reporter{}
	index := &searchIndex{db: db, errors: errs}
	a := &Archive{
		db:     db,
		errors: errs,
		index:  index,
		chats:  &chats{db: db, index: index, errors: errs},
		search: &searcher{db: db, index: index},
		ledger: &ledger{db: db, demo: o.Demo, errors: errs},
		values: &values{db: db},
	}
	err := db.connect()
	if err == nil {
		if err = db.check(index.remake); err != nil {
			err = errors.Join(err, db.sql.Close())
		}
	}
	if damaged(err) {
		if a.notice, err = db.setAside(); err == nil {
			if err = prepare(path); err == nil {
				err = db.connect()
			}
		}
	}
	if err != nil {
		return nil, db.explain("opening "+path, err)
	}
	a.ledger.queue.start(a.ledger, errs)
	a.ledger.importSpilled()
	a.chats.importUnsaved()
	index.catchUp()
	return a, nil
}

// OnError makes the writer call f when requests can't be written, and with nil once they can again. f is called at
// once if they can't be written now.
func (a *Archive) OnError(f func(error)) { a.errors.listen(f) }

// Notice is a line for the user if a damaged file was set aside; else "".
func (a *Archive) Notice() string { return a.notice }

// Path is the database file.
func (a *Archive) Path() string { return a.db.path }

// Close writes the queue and closes the file. Requests that can't be written before ctx ends go into a file beside
// it, and the error says so. No method may be called afterwards.
func (a *Archive) Close(ctx context.Context) error {
	a.index.stop()
	return errors.Join(a.ledger.close(ctx), a.db.sql.Close())
}

// SaveChat writes a chat, its draft included, in place of an older record of it. It is durable when this returns.
func (a *Archive) SaveChat(r session.Record) error { return a.chats.save(r) }

// SaveMessage writes a message in place of an older record of it. It is durable when this returns. A chat that was
// not saved yet is created; a message of a deleted chat is dropped.
func (a *Archive) SaveMessage(m session.MessageRecord) error { return a.chats.saveMessage(m) }

// SaveWhole writes a chat and its messages, or nothing.
func (a *Archive) SaveWhole(r session.Record, messages []session.MessageRecord) error {
	return a.chats.saveWhole(r, messages)
}

// SaveUnsaved writes chats, messages and settings that can't be stored into a file beside the database, readable only
// by its owner, and returns its name. The next start imports it.
func (a *Archive) SaveUnsaved(
	list []session.Record, messages []session.MessageRecord, settings map[string]string,
) (name string, err error) {
	return a.chats.saveUnsaved(list, messages, settings)
}

// DeleteChat removes a chat and its messages. Its requests stay in the ledger.
func (a *Archive) DeleteChat(id string) error { return a.chats.delete(id) }

// LoadChats returns every chat: pinned ones first, then by the time of the last change, newest first. Chats whose
// record can't be decoded are left out, and the error, session.ErrMalformed, names them.
func (a *Archive) LoadChats() ([]session.Record, error) { return a.chats.list() }

// LoadMessages returns all messages of a chat, siblings included, oldest first.
func (a *Archive) LoadMessages(chat string) ([]session.MessageRecord, error) {
	return a.chats.messages(chat)
}

// Search finds the messages that contain everything that was typed, newest first, and before them, on the first
// page, chats whose chosen title does. next is that of the previous page, 0 for the first.
func (a *Archive) Search(typed string, limit int, next int64) (find.Found, error) {
	return a.search.find(typed, limit, next)
}

// Record stores a request that ended. It never waits, and does not retain the result.
func (a *Archive) Record(r *relay.Result, c session.RecordContext) { a.ledger.record(r, c) }

// Flush waits until all requests recorded so far are written, to the database or to a file beside it, or until ctx
// ends.
func (a *Archive) Flush(ctx context.Context) error { return a.ledger.queue.flush(ctx) }

// Totals counts every request that was ever recorded and written.
func (a *Archive) Totals() (meter.Counters, error) { return a.ledger.totals() }

// ModelFigures returns the figures of each model at each endpoint since a moment, of the requests that are written.
// Answers of our own cache are not counted.
func (a *Archive) ModelFigures(since time.Time) ([]meter.ModelFigures, error) {
	return a.ledger.modelFigures(since)
}

// Measured says what the recent answers of a model were like. It reads the disk. What can't be read is not
// measured, and the listener of OnError hears of it.
func (a *Archive) Measured(model string) relay.Measured {
	m, err := a.ledger.measured(model)
	a.errors.report(err)
	return m
}

// Usage reports on the requests that are written: call Flush first to include all.
func (a *Archive) Usage(q Query) (Report, error) { return a.ledger.usage(q) }

// Spent is the settled cost of the requests that ended today, by local date, and are written, and how many of them
// have an unknown cost.
func (a *Archive) Spent() (sum relay.Money, unknown int, err error) { return a.ledger.spent() }

// Load returns a value that Save stored. It implements relay.Store.
func (a *Archive) Load(kind, key string) (value []byte, saved time.Time, ok bool) {
	return a.values.load(kind, key)
}

// Save stores a value in place of an older one. It implements relay.Store.
func (a *Archive) Save(kind, key string, value []byte) error { return a.values.save(kind, key, value) }

// Trim removes the values of a kind that were saved before a time, then the oldest, until at most so many bytes
// remain.
func (a *Archive) Trim(kind string, before time.Time, bytes int64) error {
	return a.values.trim(kind, before, bytes)
}

// Setting returns a value that SetSetting stored, such as the last chat.
func (a *Archive) Setting(key string) (string, bool) { return a.values.setting(key) }

// SetSetting stores a value for the next start.
func (a *Archive) SetSetting(key, value string) error { return a.values.setSetting(key, value) }
