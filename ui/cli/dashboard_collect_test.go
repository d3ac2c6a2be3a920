package cli

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// left counts how often it is asked for runs.
type leftRuns struct{ asked, listed int }

func (l *leftRuns) Refresh() error              { l.listed++; return nil }
func (l *leftRuns) Collect(context.Context) int { l.asked++; return 0 }

func TestRunsAtAProviderAreLookedForLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		l, done := &leftRuns{}, make(chan struct{})
		go func() { defer close(done); collect(ctx, l, func() {}) }()
		<-time.After(time.Hour)
		stop()
		<-done
		if l.asked < 9 || l.asked > 11 || l.listed != l.asked-1 {
			t.Errorf("asked %d times in an hour, listed %d times", l.asked, l.listed)
		}
	})
}
