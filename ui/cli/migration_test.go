package cli

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

func TestAMigrationIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b bytes.Buffer
		m := &migration{console: &console{Stderr: &b}}
		m.end() // nothing was migrated
		m.show(1, 4)
		if b.Len() > 0 {
			t.Errorf("shown at once: %q", b.String())
		}
		<-time.After(2 * printEvery)
		m.show(2, 4)
		m.end()
		if got, want := b.String(), "50 %  preparing the database for this version\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
