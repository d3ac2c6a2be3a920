package input

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFileThatBecomesShorterIsNamed, whoever reads it: the rows that are gone do not pass for the end.
func TestAFileThatBecomesShorterIsNamed(t *testing.T) {
	for _, name := range []string{"in.txt", "in.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("prompt\n"+strings.Repeat("a row of text\n", 100_000)), 0o600); err != nil {
			t.Fatal(err)
		}
		in, err := Open(path, name, false)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		f, rows := in.Format(nil), 0
		err = in.Records(t.Context(), f.SetHeader, func() {}, func(Record) error {
			if rows++; rows == 10 {
				return os.Truncate(path, 1000)
			}
			return nil
		})
		if err == nil || !strings.Contains(err.Error(), name+" became shorter") {
			t.Errorf("%s: %v after %d rows", name, err, rows)
		}
		if _, err := in.SHA256(t.Context()); !errors.Is(err, ErrUnusable) {
			t.Errorf("%s: it has a sum", name)
		}
	}
}
