package archive

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// searchIndex is the full-text index, and the goroutine that fills it with what was written before there was an index
// or while it could not be written. The goroutine ends when everything is indexed.
type searchIndex struct {
	db      *database
	errors  *reporter
	off     atomic.Bool // the index can be neither written nor rebuilt: messages are stored without it
	mu      sync.Mutex
	cancel  context.CancelFunc
	done    chan struct{} // nil: the goroutine does not run
	again   bool          // there is more to index than when it began
	rebuilt atomic.Int32  // how often the index was rebuilt since something was written to it
	stopped bool
}

// put adds a message to the index, or notes that it waits: an answer is saved every second while it streams, and
// indexed once it has ended.
func (x *searchIndex) put(tx *sql.Tx, seq int64, ended bool, words string) error {
	if !ended || x.off.Load() {
		_, err := tx.Exec("INSERT OR IGNORE INTO unindexed (seq) VALUES (?)", seq)
		return err
	}
	if _, err := tx.Exec("INSERT OR REPLACE INTO words (rowid, said) VALUES (?, ?)", seq, words); err != nil {
		return ofIndex(err)
	}
	_, err := tx.Exec("DELETE FROM unindexed WHERE seq = ?", seq)
	return err
}

// remove takes the messages of a chat out of the index.
func (x *searchIndex) remove(tx *sql.Tx, chat string) error {
	const waiting = "DELETE FROM unindexed WHERE seq IN (SELECT seq FROM messages WHERE chat = ?)"
	if _, err := tx.Exec(waiting, chat); err != nil || x.off.Load() {
		return err
	}
	_, err := tx.Exec("DELETE FROM words WHERE rowid IN (SELECT seq FROM messages WHERE chat = ?)", chat)
	return ofIndex(err)
}

// tx is the database's tx for what writes to the index too. A damaged index is rebuilt: it never keeps anything from
// being stored.
func (x *searchIndex) tx(doing string, f func(*sql.Tx) error) error {
	err := x.txOnce(doing, f)
	if !x.damaged(err) {
		return err
	}
	if x.rebuild() != nil {
		x.off.Store(true) // the next search returns the error
	}
	return x.txOnce(doing, f)
}

// txOnce is tx without a rebuild. Much of the index is not written before the commit: its error is the index's too.
func (x *searchIndex) txOnce(doing string, f func(*sql.Tx) error) error {
	committing := false
	err := x.db.tx(context.Background(), doing, func(tx *sql.Tx) error {
		err := f(tx)
		committing = err == nil
		return err
	})
	if committing {
		return ofIndex(err)
	}
	return err
}
