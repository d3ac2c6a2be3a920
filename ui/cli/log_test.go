package cli

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/config"
)

func TestLogTellsDecisionsAndNoText(t *testing.T) {
	cfg, err := config.Load(config.Input{DataDir: t.TempDir(), Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := openLog(cfg)
	if err != nil {
		t.Fatal(err)
	}
	bad := &relay.Error{Class: relay.ClassRateLimit, Status: 429, Message: "slow down\nforged=line\x1b[31m"}
	for _, e := range []relay.Event{
		{Kind: relay.Queued, ID: 1}, {Kind: relay.Text, ID: 1, Text: "a secret answer"},
		{Kind: relay.Failed, ID: 1, Err: bad},
		{Kind: relay.FellBack, ID: 1, From: "a", Model: "b", Reason: "429 rate_limit"},
		{Kind: relay.Breaker, Endpoint: "a", Model: "m", Breaker: relay.BreakerHalfOpen},
		{Kind: relay.Done, ID: 1, Result: &relay.Result{ID: 1, Status: relay.StatusOK, Finish: "stop",
			Text: "a secret answer"}},
	} {
		l.sink(e)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l.sink(relay.Event{Kind: relay.Notice, Reason: "after the end"}) // must neither wait nor panic
	raw, err := os.ReadFile(cfg.Paths.Log())
	if err != nil {
		t.Fatal(err)
	}
	got := string(raw)
	if strings.Contains(got, "secret") || strings.Contains(got, "\x1b") || strings.Count(got, "\n") != 4 {
		t.Errorf("the log holds text, an escape or more than its four lines:\n%s", got)
	}
	for _, want := range []string{"attempt failed", "from=a", "msg=half-open lane=chat endpoint=a", "finish=stop"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the log:\n%s", want, got)
		}
	}
	info, err := os.Stat(cfg.Paths.Log())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the log's mode: %v %v", info.Mode(), err)
	}
}

// TestLogKeepsWhatWaits: events that wait when the log is closed are written.
func TestLogKeepsWhatWaits(t *testing.T) {
	const waiting = 20
	var lines strings.Builder
	l := &eventLog{queue: make(chan relay.Event, waiting), quit: make(chan struct{}), done: make(chan struct{})}
	l.log = slog.New(slog.NewTextHandler(&lines, nil))
	for range waiting {
		l.sink(relay.Event{Kind: relay.Notice, Reason: "waits"})
	}
	close(l.quit) // both channels are ready now, and select chooses either
	l.write()
	if n := strings.Count(lines.String(), "waits"); n != waiting {
		t.Errorf("%d of %d waiting events were written", n, waiting)
	}
}

func TestLogNeverWaits(t *testing.T) {
	l := &eventLog{queue: make(chan relay.Event, 2), quit: make(chan struct{}), done: make(chan struct{})}
	for i := range 10 {
		l.sink(relay.Event{Kind: relay.Notice, Reason: fmt.Sprint(i)})
	}
	if n := l.lost.Load(); n != 8 {
		t.Errorf("%d lines left out, not 8", n)
	}
}

// TestRowsHaveNoLineOfTheirOwn: the rows of a batch are counted, in a line a minute and one at the end.
func TestRowsHaveNoLineOfTheirOwn(t *testing.T) {
	var lines strings.Builder
	l := &eventLog{queue: make(chan relay.Event, 10), quit: make(chan struct{}), done: make(chan struct{})}
	l.log = slog.New(slog.NewTextHandler(&lines, nil))
	at := time.Unix(1_700_000_000, 0)
	for i := range 1000 {
		now := at.Add(time.Duration(i) * 100 * time.Millisecond)
		id := relay.ID(i + 1)
		l.sink(relay.Event{Kind: relay.Sent, Lane: relay.LaneBatch, ID: id, At: now})
		if i%100 == 0 {
			l.sink(relay.Event{Kind: relay.Failed, Lane: relay.LaneBatch, ID: id, At: now,
				Err: &relay.Error{Class: relay.ClassRateLimit}})
		}
		l.sink(relay.Event{Kind: relay.Done, Lane: relay.LaneBatch, ID: id, At: now,
			Result: &relay.Result{Status: relay.StatusOK}})
	}
	close(l.quit)
	l.write()
	got := lines.String()
	for _, want := range []string{"rows of batches: 600 ok; attempts that failed: 7 rate_limit",
		"rows of batches: 400 ok; attempts that failed: 3 rate_limit"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n != 2 {
		t.Errorf("%d lines, want 2:\n%s", n, got)
	}
}
