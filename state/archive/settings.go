package archive

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// settingKind is the kind of the small things of the program itself. The engine's kinds never begin with a dot.
const settingKind = ".setting"

// keep puts a value in place of an older one: kind, key, time in microseconds, value.
const keep = `INSERT INTO kept (kind, key, saved, value) VALUES (?, ?, ?, ?)
	ON CONFLICT (kind, key) DO UPDATE SET saved = excluded.saved, value = excluded.value`

// Load returns what Save kept. It is relay.Store's.
func (a *Archive) Load(kind, key string) (value []byte, saved time.Time, ok bool) {
	var at int64
	err := a.db.QueryRow("SELECT value, saved FROM kept WHERE kind = ? AND key = ?", kind, key).Scan(&value, &at)
	if err != nil {
		return nil, time.Time{}, false
	}
	return value, time.UnixMicro(at), true
}

// Save keeps a value in place of an older one. It is relay.Store's.
func (a *Archive) Save(kind, key string, value []byte) error {
	if value == nil {
		value = []byte{} // nil would be NULL
	}
	return a.tx(context.Background(), "keeping "+strings.TrimPrefix(kind, "."), func(tx *sql.Tx) error {
		_, err := tx.Exec(keep, kind, key, a.now().UnixMicro(), value)
		return err
	})
}

// Setting returns what SetSetting kept: the last chat, the place of the split.
func (a *Archive) Setting(key string) (string, bool) {
	value, _, ok := a.Load(settingKind, key)
	return string(value), ok
}

// SetSetting keeps a small thing for the next start.
func (a *Archive) SetSetting(key, value string) error { return a.Save(settingKind, key, []byte(value)) }

// Trim takes out what was saved under kind before a time, then the oldest until the values have at most so many
// bytes in all.
func (a *Archive) Trim(kind string, before time.Time, bytes int64) error {
	return a.tx(context.Background(), "making room for "+kind, func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM kept WHERE kind = ? AND saved < ?", kind, before.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM kept WHERE kind = ?1 AND key IN (SELECT key FROM
			(SELECT key, sum(length(value)) OVER (ORDER BY saved DESC, key) AS total FROM kept WHERE kind = ?1)
			WHERE total > ?2)`, kind, bytes)
		return err
	})
}
