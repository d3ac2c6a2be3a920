package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"relaytop/state/disk"
)

// checkAlways is the size in bytes up to which a file is checked at every start, which takes about a millisecond.
const checkAlways = 1 << 20

// errDamaged means that SQLite can open the file and its content is inconsistent.
var errDamaged = errors.New("the file is damaged")

func damaged(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CORRUPT_VTAB || indexCorrupt(err) {
		return false // the search index alone, which is rebuilt
	}
	c := code(err)
	return c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_NOTADB || errors.Is(err, errDamaged)
}

// mark is the file that makes the next start check the whole database.
func (db *database) mark() string { return db.path + ".suspect" }

// suspect records that a read or a write found damage.
func (db *database) suspect() {
	if f, err := disk.Open(db.mark(), os.O_CREATE|os.O_WRONLY); err == nil { // if it fails, the next error tries again
		_ = f.Close()
	}
}

// check reads all of a small file, or of one that an earlier process found damaged; of others it reads the list of
// tables and a chat. Damage of the search index alone is repaired by remakeIndex.
func (db *database) check(remakeIndex func() error) error {
	_, marked := os.Lstat(db.mark())
	info, err := os.Stat(db.path)
	if err != nil {
		return err
	}
	if marked != nil && info.Size() > checkAlways {
		var n int
		return db.sql.QueryRow(`SELECT (SELECT count(*) FROM sqlite_schema) +
			(SELECT count(*) FROM (SELECT record FROM chats LIMIT 1))`).Scan(&n)
	}
	if err := db.inspect(remakeIndex); err != nil {
		return err
	}
	if marked == nil {
		return os.Remove(db.mark())
	}
	return nil
}

// inspect reads the whole file.
func (db *database) inspect(remakeIndex func() error) error {
	index := false
	err := db.query("checking the file", "PRAGMA quick_check", nil, func(rows *sql.Rows) error {
		var verdict string
		if err := rows.Scan(&verdict); err != nil {
			return err
		}
		switch {
		case verdict == "ok":
		case strings.Contains(strings.ToLower(verdict), "fts5"):
			index = true
		default:
			return fmt.Errorf("%w: %s", errDamaged, verdict)
		}
		return nil
	})
	if err == nil && index {
		err = remakeIndex()
	}
	return err
}

// setAside renames a damaged database and its side files, and returns a notice.
func (db *database) setAside() (notice string, err error) {
	at := db.now().Format("20060102-150405")
	aside := db.path + ".damaged-" + at
	for i := 2; ; i++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%s-%d", db.path, at, i)
	}
	if err := db.files.Rename(db.path, aside); err != nil {
		return "", err
	}
	for _, side := range []string{"-wal", "-shm"} {
		if err := db.files.Rename(db.path+side, aside+side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Remove(db.mark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	db.file = nil
	return "the database was damaged: it is kept as " + aside + ", and a new one was made", nil
}
