package archive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// spill writes what the database would not take into a file beside it, one request a line. The next Open takes it up.
func (a *Archive) spill(left []queued) error {
	f, err := os.CreateTemp(filepath.Dir(a.path), filepath.Base(a.path)+".pending-*.tmp") // 0600
	if err != nil {
		return fmt.Errorf("%d requests could not be kept: %w", len(left), err)
	}
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for i := range left {
		r, err := a.flatten(&left[i])
		if err == nil {
			err = lines.Encode(r)
		}
		if err != nil {
			return errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}
	_, err = f.Write(text.Bytes())
	name := f.Name()[:len(f.Name())-len(".tmp")] + ".jsonl"
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%d requests could not be kept: %w", len(left), err), os.Remove(f.Name()))
	}
	return fmt.Errorf("%d requests are kept in %s until the database can be written", len(left), name)
}

// takeUp writes what an earlier process spilled, before anything else. What can't be taken up stays for the next start.
func (a *Archive) takeUp() {
	dir := filepath.Dir(a.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		a.tell(fmt.Errorf("looking for requests to take up: %w", err))
		return
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(a.path)+".pending-") || !strings.HasSuffix(e.Name(), ".jsonl") || !e.Type().IsRegular() {
			continue
		}
		if err := a.takeUpFile(filepath.Join(dir, e.Name())); err != nil {
			a.tell(fmt.Errorf("taking up %s: %w", e.Name(), err))
		}
	}
}

// takeUpFile writes one spill file. Its name is noted in the same transaction: a crash before the file is gone, or another process that does
// the same, writes nothing twice.
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
		res, err := tx.Exec("INSERT OR IGNORE INTO kept (kind, key, saved, value) VALUES ('.taken', ?, ?, '')", filepath.Base(name), a.now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); n == 0 || err != nil {
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

func decodeSpill(data []byte) ([]queued, error) {
	var items []queued
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
		items = append(items, queued{row: r})
	}
	return items, nil
}
