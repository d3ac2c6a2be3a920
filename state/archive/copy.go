package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"relaytop/state/disk"
)

// copiedAtOnce is how many pages are copied between two calls of progress: 16 MiB.
const copiedAtOnce = 4096

// copyPath is the copy of the database that stands beside it while its tables change.
func (db *database) copyPath() string { return db.path + ".before-change" }

// copyBeside copies the database as it was last committed, and calls progress after each part. The copy is synced
// when this returns. A copy that an earlier attempt left is overwritten: that attempt was rolled back.
func (db *database) copyBeside(ctx context.Context, progress func(done, total int64)) error {
	info, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	if free, ok := disk.Free(filepath.Dir(db.path)); ok && free < 2*info.Size() { // the copy, and the log of the change
		return fmt.Errorf("the change of its tables needs %d MB, and the disk has %d MB free: make room, and start again",
			2*info.Size()>>20+1, free>>20)
	}
	f, err := disk.Open(db.copyPath(), os.O_RDWR|os.O_CREATE|os.O_TRUNC) // gives it our permissions
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("copying the database: %w", err)
	}
	conn, err := db.sql.Conn(ctx)
	if err != nil {
		return err
	}
	err = conn.Raw(func(c any) error { return copyPages(c, db.copyPath(), progress) })
	if err = errors.Join(err, conn.Close()); err != nil {
		return errors.Join(fmt.Errorf("copying the database: %w", err), db.removeCopy())
	}
	return nil
}

func copyPages(conn any, to string, progress func(done, total int64)) error {
	source, ok := conn.(interface {
		NewBackup(to string) (*sqlite.Backup, error)
	})
	if !ok {
		return errors.New("the driver can't copy a database")
	}
	b, err := source.NewBackup((&url.URL{Scheme: "file", Path: filepath.ToSlash(to)}).String())
	if err != nil {
		return err
	}
	for more := true; more && err == nil; {
		if more, err = b.Step(copiedAtOnce); err == nil {
			progress(int64(b.PageCount()-b.Remaining()), int64(b.PageCount()))
		}
	}
	return errors.Join(err, b.Finish())
}

func (db *database) removeCopy() error {
	if err := os.Remove(db.copyPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// hasRequests reports whether there is anything that a copy would save.
func hasRequests(ctx context.Context, tx *sql.Tx) (has bool, err error) {
	err = tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM requests)").Scan(&has)
	return has, err
}
