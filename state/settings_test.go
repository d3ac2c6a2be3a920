package state

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestModelFiguresAreCached: the ledger is not read each time a list is opened.
func TestModelFiguresAreCached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newShelf()
		s := New(Options{Archive: a})
		defer func() { _ = s.Close(context.Background()) }()
		for range 3 {
			if list, err := s.Settings().ModelFigures(); err != nil || len(list) != 1 {
				t.Errorf("%v %v", list, err)
			}
		}
		<-time.After(2 * figuresKept)
		if _, err := s.Settings().ModelFigures(); err != nil {
			t.Error(err)
		}
		if n := len(slices.DeleteFunc(a.log, func(s string) bool { return s != "model figures" })); n != 2 {
			t.Errorf("it was read %d times", n)
		}
	})
}
