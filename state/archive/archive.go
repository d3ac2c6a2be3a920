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
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"relaytop/state/disk"
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
	db      *sql.DB
	path    string
	demo    bool
	now     func() time.Time
	telling sync.Mutex
	onError func(error)
	failing error // that was reported last
	notice  string
	file    fs.FileInfo // as it was opened
	files   disk.Files
	write   sync.Mutex // one writer a process: waiting here is cheaper than polling the file's lock

	queue    queue
	indexing indexing
}

// Open opens the database at path, which is absolute, and makes it and its folder if they are not there. An error
// means that nothing can be kept; it is one line for the person.
func Open(path string, o Options) (*Archive, error) {
	if err := prepare(path); err != nil {
		return nil, err
	}
	a := &Archive{path: path, demo: o.Demo, now: o.Now, files: o.Files}
	if a.now == nil {
		a.now = time.Now
	}
	err := a.connect()
	if err == nil {
		if err = a.check(); err != nil {
			err = errors.Join(err, a.db.Close())
		}
	}
	if damaged(err) {
		if a.notice, err = a.setAside(); err == nil {
			a.file = nil
			if err = prepare(path); err == nil {
				err = a.connect()
			}
		}
	}
	if err != nil {
		return nil, a.explain("opening "+path, err)
	}
	a.queue.start(a)
	a.takeUp(true)
	a.catchUp()
	return a, nil
}

// OnError has f called, from the writer's goroutine, when requests can't be written, and with nil once they can
// again. What went wrong before is reported at once.
func (a *Archive) OnError(f func(error)) {
	a.telling.Lock()
	a.onError = f
	err := a.failing
	a.telling.Unlock()
	if err != nil {
		f(err)
	}
}

// Notice is a line for the person if the file that was found had to be set aside; else "".
func (a *Archive) Notice() string { return a.notice }

// Path is the database file.
func (a *Archive) Path() string { return a.path }

// connect opens the file and brings its tables up to date.
func (a *Archive) connect() error {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)",
		"foreign_keys(1)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.ToSlash(a.path),
		RawQuery: q.Encode()}).String())
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(4) // a connection costs about a megabyte; one writes, the others read
	db.SetMaxIdleConns(2)
	a.db = db
	if err = a.migrate(); err != nil {
		return errors.Join(err, db.Close())
	}
	return nil
}

// Close writes what is queued and closes the file. What can't be written before ctx ends is put into a file beside
// it, so that nothing is lost; the error says so. Nothing may be called afterwards.
func (a *Archive) Close(ctx context.Context) error {
	a.indexing.stop()
	err := a.queue.stop(ctx)
	if left := a.queue.left(); len(left) > 0 {
		name, kept := a.spill(left)
		if kept == nil {
			kept = fmt.Errorf("%d requests are kept in %s until the database can be written", len(left), name)
		}
		err = errors.Join(err, kept)
	}
	return errors.Join(err, a.db.Close())
}

// tx runs f in one transaction that holds the write lock from its begin.
func (a *Archive) tx(ctx context.Context, doing string, f func(*sql.Tx) error) error {
	a.write.Lock()
	defer a.write.Unlock()
	if err := a.there(); err != nil {
		return a.explain(doing, err)
	}
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return a.explain(doing, err)
	}
	defer func() {
		if p := recover(); p != nil { // the lock on the file must not outlive it
			_ = tx.Rollback()
			panic(p)
		}
	}()
	if err := f(tx); err != nil {
		return a.explain(doing, errors.Join(err, tx.Rollback()))
	}
	return a.explain(doing, tx.Commit())
}

// there is why nothing more can be kept, if the file was taken away: SQLite goes on writing to what has no name any
// more.
func (a *Archive) there() error {
	now, err := os.Stat(a.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was deleted while it was in use: start again to make another", a.path)
	case err != nil:
		return err
	case a.file == nil:
		a.file = now // under a.write
	case !os.SameFile(a.file, now):
		return fmt.Errorf("%s was replaced by another file while it was in use: start again to use that", a.path)
	}
	return nil
}

// code is SQLite's primary result code behind err, or 0.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// explain wraps an error with what was being done and what the person can do.
func (a *Archive) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if damaged(err) {
		a.suspect()
	}
	hint := map[int]string{
		sqlite3.SQLITE_FULL:     ": the disk is full",
		sqlite3.SQLITE_READONLY: ": the file or its folder can't be written",
		sqlite3.SQLITE_CANTOPEN: ": the file or its folder can't be written",
		sqlite3.SQLITE_PERM:     ": the file or its folder can't be written",
		sqlite3.SQLITE_BUSY:     ": another program has held its lock for five seconds",
		sqlite3.SQLITE_LOCKED:   ": another program has held its lock for five seconds",
		sqlite3.SQLITE_CORRUPT:  ": the file is damaged; the next start sets it aside",
		sqlite3.SQLITE_IOERR:    ": the disk reports an error",
	}[code(err)]
	return fmt.Errorf("%s%s: %w", doing, hint, err)
}

// elsewhere is what can be done about a data folder that can't be used.
const elsewhere = ": name another folder with --data-dir"

// prepare makes the folder and the file with the right permissions: SQLite gives its side files those of the
// database.
func prepare(path string) error {
	dir := filepath.Dir(path)
	switch err := disk.MakeDir(dir); {
	case errors.Is(err, disk.ErrLink):
		return fmt.Errorf("the data folder %w: use --data-dir with the folder itself", err)
	case errors.Is(err, disk.ErrOwner):
		return fmt.Errorf("the data folder %w: use --data-dir with one of yours", err)
	case err != nil:
		return fmt.Errorf("the data folder can't be made: %w%s", err, elsewhere)
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file: remove it, or use --data-dir", path)
	}
	f, err := disk.Open(path, os.O_RDWR|os.O_CREATE)
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("the data folder or the database in it can't be written: %w%s", err, elsewhere)
	}
	if err != nil {
		return fmt.Errorf("making the database: %w%s", err, elsewhere)
	}
	return f.Close()
}
