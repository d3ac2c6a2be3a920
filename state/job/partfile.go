package job

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"relaytop/relay"
	"relaytop/state/disk"
	"relaytop/state/job/input"
)

// group is what the rows of one part have in common.
type group struct{ model, path string }

// partRow is a line of a part's map: which row a custom_id stands for.
type partRow struct {
	CustomID string `json:"custom_id"`
	Row      int    `json:"row"` // 1-based place when the part was written
	ID       string `json:"id"`
	Try      int    `json:"try"`
	Input    int64  `json:"input"` // tokens, estimated

	i int // index of the row; -1: it is no longer in the input
}

// customID is the name of a row in a part: its key and its number among equals.
func customID(k input.Key, occ int) string { return fmt.Sprintf("%s-%d", k, occ) }

// parseCustomID reads what customID wrote.
func parseCustomID(s string) (k input.Key, occ int, ok bool) {
	if len(s) < 2*len(k)+2 || s[2*len(k)] != '-' {
		return k, 0, false
	}
	if k, ok = input.ParseKey(s[:2*len(k)]); !ok {
		return k, 0, false
	}
	_, err := fmt.Sscanf(s[2*len(k)+1:], "%d", &occ)
	return k, occ, err == nil && occ >= 0 && customID(k, occ) == s
}

// partFile is a part that is being written: the file for the provider, and its map.
type partFile struct {
	n           int
	of          group
	rows, names *os.File
	out, index  *bufio.Writer
	indexes     []int // of its rows
	bytes       int64
	worst       relay.Money
}

func rowsName(n int) string { return fmt.Sprintf("part-%04d.jsonl", n) }
func mapName(n int) string  { return fmt.Sprintf("part-%04d.map.jsonl", n) }

// newPartFile creates the files of part n. The map has another name until the part is whole.
func newPartFile(f *folder, n int, of group) (*partFile, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	rows, err := disk.Open(f.path(rowsName(n)), flags)
	if err != nil {
		return nil, fmt.Errorf("writing part %d: %w", n, err)
	}
	names, err := disk.Open(f.path(mapName(n)+".new"), flags)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing part %d: %w", n, err), rows.Close())
	}
	return &partFile{n: n, of: of, rows: rows, names: names, out: bufio.NewWriterSize(rows, 1<<20),
		index: bufio.NewWriterSize(names, 64<<10)}, nil
}

// add appends a row.
func (f *partFile) add(row *partRow, line []byte, worst relay.Money) error {
	entry, err := json.Marshal(row)
	if err != nil {
		return fmt.Errorf("writing part %d: %w", f.n, err)
	}
	_, err = f.out.Write(line)
	if err == nil {
		_, err = f.index.Write(append(entry, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing part %d: %w", f.n, err)
	}
	f.indexes = append(f.indexes, row.i)
	f.bytes += int64(len(line))
	f.worst += worst
	return nil
}

// finish makes the map durable, then gives it its name.
func (f *partFile) finish(in *folder, files disk.Files) error {
	err := errors.Join(f.out.Flush(), f.index.Flush())
	if err == nil {
		err = f.names.Sync()
	}
	err = errors.Join(err, f.rows.Close(), f.names.Close())
	if err == nil {
		err = files.Rename(in.path(mapName(f.n)+".new"), in.path(mapName(f.n)))
	}
	if err != nil {
		return fmt.Errorf("writing part %d: %w", f.n, err)
	}
	return nil
}

// abandon closes and removes the files of a part that is not whole.
func (f *partFile) abandon(in *folder) {
	_ = f.rows.Close()
	_ = f.names.Close()
	_ = os.Remove(in.path(rowsName(f.n)))
	_ = os.Remove(in.path(mapName(f.n) + ".new"))
}

// batchLine is a row as the provider reads it: its end included.
func batchLine(id, path string, body []byte) ([]byte, error) {
	line, err := json.Marshal(struct {
		ID     string          `json:"custom_id"`
		Method string          `json:"method"`
		URL    string          `json:"url"`
		Body   json.RawMessage `json:"body"`
	}{id, "POST", relay.BatchPath(path), body})
	return append(line, '\n'), err
}

// readMap reads the map of a part.
func readMap(f *folder, n int, each func(*partRow)) error {
	file, err := disk.Open(f.path(mapName(n)), os.O_RDONLY)
	if err != nil {
		return fmt.Errorf("reading the map of part %d: %w", n, err)
	}
	defer file.Close()
	d := json.NewDecoder(bufio.NewReaderSize(file, 64<<10))
	for {
		var row partRow
		err := d.Decode(&row)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the map of part %d: %w", n, err)
		}
		each(&row)
	}
}
