package archive

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"relaytop/relay"
)

// spill writes requests into a file beside the database, one a line, and returns its name. The file is imported
// once the database can be written again, by this process or a later one.
func (l *ledger) spill(left []*row) (name string, err error) {
	name, err = writeBeside(l.db, pendingRequests, left)
	if err != nil {
		return "", fmt.Errorf("writing %s into a file: %w", relay.Counted(len(left), "request"), err)
	}
	return name, nil
}

// importSpilled imports what this process or an earlier one spilled while the database could not be written.
func (l *ledger) importSpilled() {
	l.db.importBeside(pendingRequests, l.importFile, l.errors.report)
}

func (l *ledger) importFile(name string) error {
	data, err := readBeside(name)
	if data == nil || err != nil {
		return err
	}
	items, err := decodeSpill(data)
	if err != nil {
		return err
	}
	err = l.db.tx(context.Background(), "writing the requests", func(tx *sql.Tx) error {
		if again, err := l.db.markImported(tx, name); again || err != nil {
			return err
		}
		return l.insert(context.Background(), tx, items)
	})
	if err != nil {
		return err
	}
	return removeBeside(name)
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
