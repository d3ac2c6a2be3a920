// Package archive keeps what must last in one SQLite file: requests, chats, messages, and the small things that the
// engine learns. It is the only importer of database/sql.
//
// Its rules:
//   - A chat and a message are durable when their Save returns (WAL, synchronous=FULL: the commit is synced).
//   - The end of a request goes into a queue and is never dropped; one goroutine writes it in transactions of many.
//     What can't be written while too much waits, or at the end, goes into a file beside the database and is taken
//     up once it can be written again.
//   - Several processes may share one file: every write takes the lock at its begin and waits up to five seconds for
//     it.
//   - A damaged file is set aside under a name with the time, never overwritten.
//   - What was said is indexed in the transaction that stores it, once it has ended, and with it the names of its
//     files and the first 64 KiB of the text of each. The index holds nothing of its own: a damaged one, or one that
//     was made by other rules, is rebuilt in the background, and never keeps anything from being stored.
//   - Errors say what the person can do; the program goes on without an archive.
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

// Options change what an archive does.
type Options struct {
	Demo bool             // its figures are those of the simulated relay; the file is another one too
	Now  func() time.Time // wall clock; nil is time.Now

	// Files puts what the database does not take into files beside it. The zero value is the disk.
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

// Open opens the database at path, which is absolute, and makes it and its folder if they are not there. An error
// means that nothing can be kept; it is one line for the person.
func Open(path string, o Options) (*Archive, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := prepare(path); err != nil {
		return nil, err
	}
	db := &database{path: path, now: o.Now, files: o.Files}
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
	a.ledger.takeUp()
	a.chats.takeUp()
	index.catchUp()
	return a, nil
}

// OnError has f called, from the writer's goroutine, when requests can't be written, and with nil once they can
// again. What went wrong before is reported at once.
func (a *Archive) OnError(f func(error)) { a.errors.listen(f) }

// Notice is a line for the person if the file that was found had to be set aside; else "".
func (a *Archive) Notice() string { return a.notice }

// Path is the database file.
func (a *Archive) Path() string { return a.db.path }

// Close writes what is queued and closes the file. What can't be written before ctx ends is put into a file beside
// it, so that nothing is lost; the error says so. Nothing may be called afterwards.
func (a *Archive) Close(ctx context.Context) error {
	a.index.stop()
	return errors.Join(a.ledger.close(ctx), a.db.sql.Close())
}

// SaveChat writes a chat, its draft included, in place of an older record of it. It is durable when this returns.
func (a *Archive) SaveChat(r session.Record) error { return a.chats.save(r) }

// SaveMessage writes a message in place of an older record of it. It is durable when this returns. A chat that was
// not saved yet is made; a message of a deleted chat is not kept.
func (a *Archive) SaveMessage(m session.MessageRecord) error { return a.chats.saveMessage(m) }

// SaveWhole writes a chat with its messages, all of it or nothing.
func (a *Archive) SaveWhole(r session.Record, messages []session.MessageRecord) error {
	return a.chats.saveWhole(r, messages)
}

// SaveUnsaved writes chats, messages and settings that the database would not take into a file beside it, readable
// by its owner alone, and names it. The next start takes it up.
func (a *Archive) SaveUnsaved(
	list []session.Record, messages []session.MessageRecord, settings map[string]string,
) (name string, err error) {
	return a.chats.saveUnsaved(list, messages, settings)
}

// DeleteChat removes a chat and its messages. What was spent on it stays in the requests.
func (a *Archive) DeleteChat(id string) error { return a.chats.delete(id) }

// LoadChats returns every chat: pinned ones first, then by the time of the last change, newest first. Chats whose
// record can't be decoded are left out, and the error, session.ErrMalformed, names them.
func (a *Archive) LoadChats() ([]session.Record, error) { return a.chats.list() }

// LoadMessages returns all messages of a chat, siblings included, oldest first.
func (a *Archive) LoadMessages(chat string) ([]session.MessageRecord, error) {
	return a.chats.messages(chat)
}

// Search finds the messages that contain everything that was typed, newest first, and before them, on the first
// page, chats whose chosen title does. next is that of the page before, 0 for the first one.
func (a *Archive) Search(typed string, limit int, next int64) (find.Found, error) {
	return a.search.find(typed, limit, next)
}

// Record keeps the end of a request. It never waits, and keeps nothing of the result itself.
func (a *Archive) Record(r *relay.Result, c session.RecordContext) { a.ledger.record(r, c) }

// Flush waits until everything recorded so far is written, be it into a file that the database takes up once it
// can, or ctx ends.
func (a *Archive) Flush(ctx context.Context) error { return a.ledger.queue.flush(ctx) }

// Totals counts every request that was ever recorded and written.
func (a *Archive) Totals() (meter.Counters, error) { return a.ledger.totals() }

// ModelFigures returns the figures of each model at each endpoint since a moment, as far as they are written. Answers of
// our own cache are not counted.
func (a *Archive) ModelFigures(since time.Time) ([]meter.ModelFigures, error) {
	return a.ledger.modelFigures(since)
}

// Usage reports on what is written: Flush first to have everything.
func (a *Archive) Usage(q Query) (Report, error) { return a.ledger.usage(q) }

// Spent is the settled sum of the requests that ended today, by local date, as far as they are written.
func (a *Archive) Spent() (relay.Money, error) { return a.ledger.spent() }

// Load returns what Save kept. It is relay.Store's.
func (a *Archive) Load(kind, key string) (value []byte, saved time.Time, ok bool) {
	return a.values.load(kind, key)
}

// Save keeps a value in place of an older one. It is relay.Store's.
func (a *Archive) Save(kind, key string, value []byte) error { return a.values.save(kind, key, value) }

// Trim removes what was saved under kind before a time, then the oldest until the values have at most so many bytes
// in all.
func (a *Archive) Trim(kind string, before time.Time, bytes int64) error {
	return a.values.trim(kind, before, bytes)
}

// Setting returns what SetSetting kept: the last chat, the place of the split.
func (a *Archive) Setting(key string) (string, bool) { return a.values.setting(key) }

// SetSetting keeps a small thing for the next start.
func (a *Archive) SetSetting(key, value string) error { return a.values.setSetting(key, value) }
