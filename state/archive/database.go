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

// database is the open file. Its methods may be called from any goroutine.
type database struct {
	sql   *sql.DB
	path  string
	now   func() time.Time
	files disk.Files

	progress func(done, total int64) // of a migration; may be nil

	write sync.Mutex  // one writer a process: waiting here is cheaper than polling the file's lock
	file  fs.FileInfo // the file as it was opened; under write
}

// connect opens the file and migrates its tables.
func (db *database) connect() error {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)",
		"foreign_keys(1)"}}
	h, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: filepath.ToSlash(db.path),
		RawQuery: q.Encode()}).String())
	if err != nil {
		return err
	}
	h.SetMaxOpenConns(4) // a connection costs about a megabyte; one writes, the others read
	h.SetMaxIdleConns(2)
	db.sql = h
	if err = db.migrate(); err != nil {
		return errors.Join(err, h.Close())
	}
	return nil
}

// tx runs f in a transaction that takes the write lock when it begins.
func (db *database) tx(ctx context.Context, doing string, f func(*sql.Tx) error) error {
	db.write.Lock()
	defer db.write.Unlock()
	if err := db.there(); err != nil {
		return db.explain(doing, err)
	}
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		return db.explain(doing, err)
	}
	defer func() {
		if p := recover(); p != nil { // the lock on the file must be released
			_ = tx.Rollback()
			panic(p)
		}
	}()
	if err := f(tx); err != nil {
		return db.explain(doing, errors.Join(err, tx.Rollback()))
	}
	return db.explain(doing, tx.Commit())
}

// query calls f for each row.
func (db *database) query(doing, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := db.sql.Query(text, args...)
	if err != nil {
		return db.explain(doing, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return db.explain(doing, err)
		}
	}
	return db.explain(doing, rows.Err())
}

// there returns an error if the file was deleted or replaced: SQLite would go on writing to a file without a name.
func (db *database) there() error {
	now, err := os.Stat(db.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was deleted while it was in use: start again to make another", db.path)
	case err != nil:
		return err
	case db.file == nil:
		db.file = now // under db.write
	case !os.SameFile(db.file, now):
		return fmt.Errorf("%s was replaced by another file while it was in use: start again to use that", db.path)
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

// explain wraps an error with what was being done and what the user can do.
func (db *database) explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	if damaged(err) {
		db.suspect()
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

// elsewhere is the advice for a data folder that can't be used.
const elsewhere = ": name another folder with --data-dir"

// prepare creates the folder and the file with the right permissions: SQLite gives its side files those of the
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
