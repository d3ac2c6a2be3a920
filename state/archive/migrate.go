package archive

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// migrations are numbered from 0001; user_version is the number of the last one that ran. A released migration is
// never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// summing is the migration whose tables sumRequests fills.
const summing = 7

// longestMigration is how long a process waits for another one that migrates the same file.
const longestMigration = 5 * time.Minute

// migrate runs the migrations that the file does not have. If two processes start at once, the second waits, and finds
// the work done.
func (db *database) migrate() error {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	var have int
	// The change to WAL fails with busy at once, whatever the timeout, while another process makes the same change.
	err = retryBusy(5*time.Second, func() error { return db.sql.QueryRow("PRAGMA user_version").Scan(&have) })
	if err != nil || have == len(names) {
		return err
	}
	patience := longestMigration
	if have > len(names) {
		patience = 0
	}
	err = retryBusy(patience, func() error {
		return db.tx(context.Background(), "preparing the tables", func(tx *sql.Tx) error {
			return db.migrateIn(context.Background(), tx, names)
		})
	})
	if err != nil {
		return err
	}
	return db.removeCopy()
}

// retryBusy calls f until it no longer fails with busy, or for so long.
func retryBusy(patience time.Duration, f func() error) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if err := f(); code(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline) {
			return err
		}
	}
}

// migrateIn runs the migrations that the file does not have. The transaction holds the write lock: no request is
// written between the copy and the change.
func (db *database) migrateIn(ctx context.Context, tx *sql.Tx, names []fs.DirEntry) error {
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	switch {
	case have > len(names):
		return fmt.Errorf("the file is from a newer relaytop (version %d, this one knows %d)", have, len(names))
	case have == len(names): // another process was faster
		return nil
	case have > 0 && have < summing:
		if has, err := hasRequests(ctx, tx); err != nil {
			return err
		} else if has {
			err := db.copyBeside(ctx, func(done, total int64) { db.migrating(done, 2*total) })
			if err != nil {
				return err
			}
		}
	}
	for i, name := range names[have:] {
		if err := runMigration(ctx, tx, have+i+1, name.Name()); err != nil {
			return fmt.Errorf("migration %s: %w", name.Name(), err)
		}
	}
	if have < summing {
		err := sumRequests(ctx, tx, func(done, total int64) { db.migrating(total+done, 2*total) })
		if err != nil {
			return fmt.Errorf("summing up the requests: %w", err)
		}
	}
	if have == 0 { // the index is empty, and so of any rules
		if err := signIndex(tx, db.now()); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(names)))
	return err
}

func runMigration(ctx context.Context, tx *sql.Tx, number int, name string) error {
	if !strings.HasPrefix(name, fmt.Sprintf("%04d_", number)) {
		return errors.New("it is out of order")
	}
	text, err := migrations.ReadFile("migrations/" + name)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, string(text))
	return err
}

// migrating says how much of a migration is done.
func (db *database) migrating(done, total int64) {
	if db.progress != nil {
		db.progress(done, total)
	}
}
