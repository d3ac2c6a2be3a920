package archive

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// migrations are numbered from 0001; user_version is the number of the last one that ran. A released migration is
// never changed.
//
//go:embed migrations/*.sql
var migrations embed.FS

// migrate runs the migrations that the file does not have. If two processes start at once, the second finds the work
// done.
func (db *database) migrate() error {
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	var have int
	// The change to WAL fails with busy at once, whatever the timeout, while another process makes the same change.
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		err = db.sql.QueryRow("PRAGMA user_version").Scan(&have)
		if code(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline) {
			break
		}
	}
	if err != nil || have == len(names) {
		return err
	}
	return db.tx(context.Background(), "preparing the tables", func(tx *sql.Tx) error {
		if err := tx.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
			return err
		}
		if have > len(names) {
			return fmt.Errorf("the file is from a newer relaytop (version %d, this one knows %d)", have, len(names))
		}
		for i, name := range names[have:] {
			if !strings.HasPrefix(name.Name(), fmt.Sprintf("%04d_", have+i+1)) {
				return fmt.Errorf("migration %s is out of order", name.Name())
			}
			text, err := migrations.ReadFile("migrations/" + name.Name())
			if err != nil {
				return err
			}
			if _, err := tx.Exec(string(text)); err != nil {
				return fmt.Errorf("migration %s: %w", name.Name(), err)
			}
		}
		if have == 0 { // the index is empty, and so of any rules
			if err := signIndex(tx, db.now()); err != nil {
				return err
			}
		}
		_, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(names)))
		return err
	})
}
