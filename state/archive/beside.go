package archive

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// What the database would not take waits in files beside it: their names are the database's, one of these, a unique
// part, and the extension.
const (
	pendingRequests = ".pending-"
	unsavedChats    = ".unsaved-"
	besideExtension = ".jsonl"
)

// writeBeside writes lines of JSON into a new file beside the database. It is whole and durable, or not there.
func writeBeside[T any](db *database, kind string, list []T) (name string, err error) {
	var bad error
	name, err = db.files.CreateUnique(db.path+kind, besideExtension, func(w io.Writer) error {
		lines := json.NewEncoder(w)
		for _, v := range list {
			bad = errors.Join(bad, lines.Encode(v)) // one that can't be written must not keep back the others
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return name, bad
}

// takeUpBeside has each file of a kind that stands beside the database taken up. What can't be taken up stays for
// the next start; the error says why.
func (db *database) takeUpBeside(kind string, takeUp func(name string) error, report func(error)) {
	dir := filepath.Dir(db.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		report(fmt.Errorf("looking for files to take up: %w", err))
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), filepath.Base(db.path)+kind)
		if !ours || !strings.HasSuffix(rest, besideExtension) || !e.Type().IsRegular() {
			continue
		}
		if err := takeUp(filepath.Join(dir, e.Name())); err != nil {
			report(fmt.Errorf("taking up %s: %w", e.Name(), err))
		}
	}
}

// readBeside reads a file that is to be taken up; nil if another process was quicker.
func readBeside(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// removeBeside removes a file that was taken up.
func removeBeside(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// taken notes in a transaction that a file is taken up, and reports whether it was before: a crash before the file
// is removed, or another process that does the same, writes nothing twice.
func (db *database) taken(tx *sql.Tx, name string) (again bool, err error) {
	res, err := tx.Exec("INSERT OR IGNORE INTO kept (kind, key, saved, value) VALUES ('.taken', ?, ?, '')",
		filepath.Base(name), db.now().UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 0, err
}
