package archive

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// settingKind is the kind of the program's own settings. The engine's kinds never begin with a dot.
const settingKind = ".setting"

// values holds the engine's values and the program's settings, by kind and key.
type values struct{ db *database }

// keep stores a value in place of an older one: kind, key, time in microseconds, value.
const keep = `INSERT INTO kept (kind, key, saved, value) VALUES (?, ?, ?, ?)
	ON CONFLICT (kind, key) DO UPDATE SET saved = excluded.saved, value = excluded.value`

func (v *values) load(kind, key string) (value []byte, saved time.Time, ok bool) {
	var at int64
	err := v.db.sql.QueryRow("SELECT value, saved FROM kept WHERE kind = ? AND key = ?", kind, key).Scan(&value, &at)
	if err != nil {
		return nil, time.Time{}, false
	}
	return value, time.UnixMicro(at), true
}

func (v *values) save(kind, key string, value []byte) error {
	if value == nil {
		value = []byte{} // nil would be stored as NULL
	}
	return v.db.tx(context.Background(), "keeping "+strings.TrimPrefix(kind, "."), func(tx *sql.Tx) error {
		_, err := tx.Exec(keep, kind, key, v.db.now().UnixMicro(), value)
		return err
	})
}

func (v *values) setting(key string) (string, bool) {
	value, _, ok := v.load(settingKind, key)
	return string(value), ok
}

func (v *values) setSetting(key, value string) error { return v.save(settingKind, key, []byte(value)) }

func (v *values) trim(kind string, before time.Time, bytes int64) error {
	return v.db.tx(context.Background(), "trimming "+kind, func(tx *sql.Tx) error {
		if _, err := tx.Exec("DELETE FROM kept WHERE kind = ? AND saved < ?", kind, before.UnixMicro()); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM kept WHERE kind = ?1 AND key IN (SELECT key FROM
			(SELECT key, sum(length(value)) OVER (ORDER BY saved DESC, key) AS total FROM kept WHERE kind = ?1)
			WHERE total > ?2)`, kind, bytes)
		return err
	})
}
