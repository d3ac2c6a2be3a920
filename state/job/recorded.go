package job

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// Recorded returns what the journals have of a request that was sent for a row, the newest runs first; nil:
// nothing. It reads until it finds it, and so waits for the disk.
func (b *Book) Recorded(id relay.ID) (*relay.Result, error) {
	entries, err := os.ReadDir(b.cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("listing the runs: %w", err)
	}
	mark, err := json.Marshal(id)
	if err != nil {
		return nil, fmt.Errorf("looking for a request: %w", err)
	}
	mark = slices.Concat([]byte(`"rq":`), mark, []byte(","))
	for _, e := range slices.Backward(entries) {
		rec, err := recordOf(filepath.Join(b.folders.of(e.Name()), journalName), id, mark)
		if rec != nil || err != nil {
			return rec, err
		}
	}
	return nil, nil
}

// recordOf looks for the record of a request that ended in one journal. Only lines that hold mark are decoded.
func recordOf(path string, id relay.ID, mark []byte) (*relay.Result, error) {
	f, err := disk.Open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for lines := input.NewLines(io.NewSectionReader(f, 0, 1<<62), 0); ; {
		l, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the journal: %w", err)
		}
		if !bytes.Contains(l.Text, mark) {
			continue
		}
		if rec, ok := decodeRecord(l.Text); ok && rec.Request == id && rec.endsRow() {
			return rec.result(), nil
		}
	}
}
