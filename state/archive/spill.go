package archive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"relaytop/state/disk"
)

// spill writes what the database would not take into a file beside it, one request a line, and names the file. It
// is taken up once the database can be written again, by this process or the next.
func (a *Archive) spill(left []*row) (name string, err error) {
	name, err = beside(a.files, a.path+".pending-", left)
	if err != nil {
		return "", fmt.Errorf("%d requests could not be kept in a file: %w", len(left), err)
	}
	return name, nil
}

// beside writes lines of JSON into a new file whose name begins so. It is whole and durable, or not there.
func beside[T any](files disk.Files, begin string, list []T) (name string, err error) {
	var bad error
	name, err = files.CreateUnique(begin, ".jsonl", func(w io.Writer) error {
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

// takeUp writes what an earlier process spilled, before anything else, and what this one did while the database
// could not be written. What can't be taken up stays for the next start, at which alone chats are taken up.
func (a *Archive) takeUp(first bool) {
	dir := filepath.Dir(a.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		a.tell(fmt.Errorf("looking for requests to take up: %w", err))
		return
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), filepath.Base(a.path))
		if !ours || !strings.HasSuffix(rest, ".jsonl") || !e.Type().IsRegular() {
			continue
		}
		var err error
		switch {
		case strings.HasPrefix(rest, ".pending-"):
			err = a.takeUpFile(filepath.Join(dir, e.Name()))
		case strings.HasPrefix(rest, ".unsaved-") && first:
			// later on chats are in memory already, and would be overwritten from there
			err = a.takeUpChats(filepath.Join(dir, e.Name()))
		}
		if err != nil {
			a.tell(fmt.Errorf("taking up %s: %w", e.Name(), err))
		}
	}
}

// takeUpFile writes one spill file. Its name is noted in the same transaction: a crash before the file is gone, or
// another process that does the same, writes nothing twice.
func (a *Archive) takeUpFile(name string) error {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return err
	}
	items, err := decodeSpill(data)
	if err != nil {
		return err
	}
	err = a.tx(context.Background(), "writing the requests", func(tx *sql.Tx) error {
		if again, err := a.taken(tx, name); again || err != nil {
			return err
		}
		return a.insert(context.Background(), tx, items)
	})
	if err != nil {
		return err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// taken notes that a file is taken up, and reports whether it was before.
func (a *Archive) taken(tx *sql.Tx, name string) (again bool, err error) {
	res, err := tx.Exec("INSERT OR IGNORE INTO kept (kind, key, saved, value) VALUES ('.taken', ?, ?, '')",
		filepath.Base(name), a.now().UnixMicro())
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

func decodeSpill(data []byte) ([]*row, error) {
	var items []*row
	lines := json.NewDecoder(bytes.NewReader(data))
	lines.UseNumber()
	for lines.More() {
		r := &row{}
		if err := lines.Decode(r); err != nil {
			return nil, err
		}
		for i, v := range r.Cols {
			n, ok := v.(json.Number)
			if !ok {
				continue
			}
			whole, err := n.Int64()
			if err != nil {
				return nil, err
			}
			r.Cols[i] = whole
		}
		items = append(items, r)
	}
	return items, nil
}
