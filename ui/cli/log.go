package cli

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"

	"gopkg.in/natefinch/lumberjack.v2"

	"relaytop/relay"
	"relaytop/state/config"
)

const (
	logSize  = 5   // MB; then the file is rotated
	logKept  = 1   // rotated files
	logQueue = 512 // lines waiting for the disk; more are counted and dropped
)

// eventLog writes the engine's decisions to the log file: failed attempts, waits, fallbacks, breakers, ends; of the
// rows of batches only their numbers. It never holds a token, a prompt or a key: errors are redacted where they are
// made. The sink never waits for the disk.
type eventLog struct {
	queue chan relay.Event
	quit  chan struct{}
	done  chan struct{}
	lost  atomic.Int64
	rows  rowTally
	file  *lumberjack.Logger
	log   *slog.Logger
}

// openLog starts the log. If its folder can't be created, the program reports that and runs without one.
func openLog(cfg *config.Config) (*eventLog, error) {
	path := cfg.Paths.Log()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("no log is written: %w", err)
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.LogLevel)); err != nil {
		return nil, fmt.Errorf("no log is written: log_level: %w", err)
	}
	l := &eventLog{
		queue: make(chan relay.Event, logQueue),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
		file:  &lumberjack.Logger{Filename: path, MaxSize: logSize, MaxBackups: logKept},
	}
	l.log = slog.New(slog.NewTextHandler(l.file, &slog.HandlerOptions{Level: level}))
	go l.write()
	return l, nil
}

// sink queues the events that are worth a line.
func (l *eventLog) sink(e relay.Event) {
	switch e.Kind {
	case relay.Queued, relay.Answering, relay.Text, relay.Reasoning, relay.Refusal, relay.Reread, relay.Tool,
		relay.Metered, relay.Exchanged:
		return
	}
	if e.Lane == relay.LaneBatch && e.ID != 0 {
		line := l.rows.add(&e)
		if line == "" {
			return
		}
		e = relay.Event{Kind: relay.Notice, Lane: relay.LaneBatch, Reason: line}
	}
	select {
	case l.queue <- e:
	default:
		l.lost.Add(1)
	}
}

func (l *eventLog) write() {
	defer close(l.done)
	for open := true; open; {
		select {
		case e := <-l.queue:
			l.line(&e)
		case <-l.quit:
			open = false
		}
	}
	for n := len(l.queue); n > 0; n-- { // select may have chosen quit while events were waiting
		e := <-l.queue
		l.line(&e)
	}
	if line := l.rows.rest(); line != "" {
		l.log.Info(line)
	}
	if n := l.lost.Load(); n > 0 {
		l.log.Warn("lines dropped: the disk was slower than the events", "lines", n)
	}
}

func (l *eventLog) line(e *relay.Event) {
	at := []any{"lane", e.Lane, "endpoint", e.Endpoint, "model", e.Model}
	if e.ID != 0 {
		at = append([]any{"id", e.ID}, at...)
	}
	switch e.Kind {
	case relay.Sent:
		l.log.Debug("sent", append(at, "attempt", e.Attempt)...)
	case relay.Failed:
		l.log.Warn("attempt failed", append(at, "attempt", e.Attempt, "error", e.Err)...)
	case relay.Waiting:
		l.log.Info("waiting", append(at, "reason", e.Reason, "until", e.Until)...)
	case relay.FellBack:
		l.log.Warn("fallback", append(at, "from", e.From, "reason", e.Reason)...)
	case relay.Breaker:
		l.log.Info(e.Breaker.String(), at...)
	case relay.Done:
		l.end(e, at)
	default:
		l.log.Info(e.Reason, at...)
	}
}

func (l *eventLog) end(e *relay.Event, at []any) {
	r := e.Result
	if r == nil {
		return
	}
	level := slog.LevelInfo
	if r.Err != nil && r.Status != relay.StatusCancelled {
		level = slog.LevelError
	}
	at = append(at, "status", r.Status, "finish", r.Finish, "attempts", len(r.Attempts))
	if r.Err != nil {
		at = append(at, "error", r.Err)
	}
	l.log.Log(context.Background(), level, "ended", at...)
}

// close writes the queue and closes the file. Later events are dropped.
func (l *eventLog) close() error {
	close(l.quit)
	<-l.done
	return l.file.Close()
}
