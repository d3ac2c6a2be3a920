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

// checkAlways is the size in bytes up to which a file is looked through at every start: that costs about a
// millisecond.
const checkAlways = 1 << 20

// errDamaged is a file that SQLite opens and whose inside does not hold together.
var errDamaged = errors.New("the file is damaged")

func damaged(err error) bool {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == sqlite3.SQLITE_CORRUPT_VTAB || indexCorrupt(err) {
		return false // the search's index alone, which is rebuilt
	}
	c := code(err)
	return c == sqlite3.SQLITE_CORRUPT || c == sqlite3.SQLITE_NOTADB || errors.Is(err, errDamaged)
}

// mark is the file that tells the next start to look through the whole database.
func (a *Archive) mark() string { return a.path + ".suspect" }

// suspect remembers that a read or a write met damage.
func (a *Archive) suspect() {
	if f, err := disk.Open(a.mark(), os.O_CREATE|os.O_WRONLY); err == nil { // without it the next error marks it again
		_ = f.Close()
	}
}

// check looks through a small file, or one in which an earlier process met damage; of others it reads the tables'
// list and a chat.
func (a *Archive) check() error {
	_, marked := os.Lstat(a.mark())
	info, err := os.Stat(a.path)
	if err != nil {
		return err
	}
	if marked != nil && info.Size() > checkAlways {
		var n int
		return a.db.QueryRow(`SELECT (SELECT count(*) FROM sqlite_schema) +
			(SELECT count(*) FROM (SELECT record FROM chats LIMIT 1))`).Scan(&n)
	}
	if err := a.inspect(); err != nil {
		return err
	}
	if marked == nil {
		return os.Remove(a.mark())
	}
	return nil
}

// inspect looks through the whole file. Damage of the search's index alone is mended.
func (a *Archive) inspect() error {
	index := false
	err := a.query("looking through the file", "PRAGMA quick_check", nil, func(rows *sql.Rows) error {
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
		err = a.remake()
	}
	return err
}

// setAside renames a damaged database and its side files, and says so.
func (a *Archive) setAside() (notice string, err error) {
	at := a.now().Format("20060102-150405")
	aside := a.path + ".damaged-" + at
	for i := 2; ; i++ {
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%s-%d", a.path, at, i)
	}
	if err := a.files.Rename(a.path, aside); err != nil {
		return "", err
	}
	for _, side := range []string{"-wal", "-shm"} {
		if err := a.files.Rename(a.path+side, aside+side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Remove(a.mark()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return "the database was damaged: it is kept as " + aside + ", and a new one was made", nil
}
