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

// What can't be stored in the database waits in files beside it. A file's name is that of the database, one of these
// kinds, a unique part, and the extension.
const (
	pendingRequests = ".pending-"
	unsavedChats    = ".unsaved-"
	besideExtension = ".jsonl"
)

// writeBeside writes lines of JSON into a new file beside the database. The file is complete and durable, or does not
// exist.
func writeBeside[T any](db *database, kind string, list []T) (name string, err error) {
	var bad error
	name, err = db.files.CreateUnique(db.path+kind, besideExtension, func(w io.Writer) error {
		lines := json.NewEncoder(w)
		for _, v := range list {
			bad = errors.Join(bad, lines.Encode(v)) // the others are written all the same
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return name, bad
}

// importBeside calls load for each file of a kind beside the database. A file that can't be imported stays for the
// next start, and report gets the error.
func (db *database) importBeside(kind string, load func(name string) error, report func(error)) {
	dir := filepath.Dir(db.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		report(fmt.Errorf("looking for files to import: %w", err))
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), filepath.Base(db.path)+kind)
		if !ours || !strings.HasSuffix(rest, besideExtension) || !e.Type().IsRegular() {
			continue
		}
		if err := load(filepath.Join(dir, e.Name())); err != nil {
			report(fmt.Errorf("importing %s: %w", e.Name(), err))
		}
	}
}

// readBeside reads a file that is to be imported; nil if another process has imported it.
func readBeside(name string) ([]byte, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// removeBeside removes a file that was imported.
func removeBeside(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// markImported notes in a transaction that a file is imported, and reports whether it was before: a crash before the
// file is removed, or another process that does the same, imports nothing twice.
func (db *database) markImported(tx *sql.Tx, name string) (again bool, err error) {
	res, err := tx.Exec("INSERT OR IGNORE INTO kept (kind, key, saved, value) VALUES ('.taken', ?, ?, '')",
		filepath.Base(name), db.now().UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 0, err
}
