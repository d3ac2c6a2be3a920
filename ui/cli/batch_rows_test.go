package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
	"relaytop/relay/limit"
	"relaytop/relay/pool"
	"relaytop/relay/route"
	"relaytop/state/job"
)

// poisoned answers every row after 100 ms, but those whose prompt says poison: the endpoint always fails them.
type poisoned struct {
	mu       sync.Mutex
	requests map[string]int // of each poison row
}

func (s *poisoned) Send(_ context.Context, c relay.Call, sink relay.Sink) relay.Reply {
	sink(relay.Event{Kind: relay.Sent})
	sent := time.Now()
	<-time.After(100 * time.Millisecond)
	prompt := c.Request.Messages[len(c.Request.Messages)-1].Text
	if strings.Contains(prompt, "poison") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests[prompt]++
		return relay.Reply{Status: relay.StatusFailed, HTTP: 500,
			Err: &relay.Error{Class: relay.ClassUpstream, Status: 500, Message: "internal error"}}
	}
	now := time.Now()
	sink(relay.Event{Kind: relay.Text, Text: "hi"})
	return relay.Reply{Status: relay.StatusOK, HTTP: 200, Finish: "stop", Text: "hi", Visible: true,
		Timing: relay.Timing{Send: sent, First: now, Last: now, Done: now}}
}

// TestAPoisonRowEnds: a row that the endpoint always fails is failed after three rounds, however few rows are in
// flight and wherever it stands, and the others are answered.
func TestAPoisonRowEnds(t *testing.T) {
	for _, c := range []struct {
		name         string
		rows, poison int
		first        int // the first poison row; the others follow it
		concurrency  int
		most         int // requests for one poison row
		took         time.Duration
	}{
		{"the first row, one in flight", 30, 1, 0, 1, 9, time.Minute},
		{"a row in the middle, one in flight", 30, 1, 15, 1, 9, time.Minute},
		{"the last row, one in flight", 30, 1, 29, 1, 40, 2 * time.Minute}, // no other row shows that it is not an outage
		{"ten at the start, ten in flight", 100, 10, 0, 10, 50, 5 * time.Minute},
		{"ten in the middle, ten in flight", 100, 10, 45, 10, 50, 5 * time.Minute},
		{"ten, one in flight", 100, 10, 0, 1, 50, 8 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var input strings.Builder
				for i := range c.rows {
					kind := "sound"
					if i >= c.first && i < c.first+c.poison {
						kind = "poison"
					}
					fmt.Fprintf(&input, "%s %d\n", kind, i+1)
				}
				s := &poisoned{requests: map[string]int{}}
				h, took := runBatch(t, s, input.String(), job.Options{Concurrency: c.concurrency})
				if h.State != job.Finished || h.OK != c.rows-c.poison || h.Failed != c.poison || took > c.took {
					t.Errorf("%s after %s: %d ok, %d failed: %s", h.State, took, h.OK, h.Failed, h.Reason)
				}
				for prompt, n := range s.requests {
					if n > c.most {
						t.Errorf("%s was sent %d times", prompt, n)
					}
				}
			})
		})
	}
}

// limited refuses model m from its tenth request on, for five minutes, and has no other model.
type limited struct {
	mu       sync.Mutex
	requests int // of m
	until    time.Time
	others   int // requests of other models
}

func (s *limited) Send(_ context.Context, c relay.Call, sink relay.Sink) relay.Reply {
	sink(relay.Event{Kind: relay.Sent})
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Model != "m" {
		s.others++
		return relay.Reply{Status: relay.StatusFailed, HTTP: 404,
			Err: &relay.Error{Class: relay.ClassUnknownModel, Status: 404}}
	}
	if s.requests++; s.requests == 10 {
		s.until = now.Add(5 * time.Minute)
	}
	if wait := s.until.Sub(now); wait > 0 {
		return relay.Reply{Status: relay.StatusFailed, HTTP: 429, Err: &relay.Error{Class: relay.ClassRateLimit, Status: 429,
			Waits: true, RetryAfter: wait}}
	}
	sink(relay.Event{Kind: relay.Text, Text: "hi"})
	return relay.Reply{Status: relay.StatusOK, HTTP: 200, Finish: "stop", Text: "hi", Visible: true,
		Timing: relay.Timing{Send: now, First: now, Last: now, Done: now}}
}

// TestALongWaitAndAFallbackThatIsNotThere: the rows are held for the first model.
func TestALongWaitAndAFallbackThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &limited{}
		h, took := runBatch(t, s, strings.Repeat("hello\n", 100), job.Options{Concurrency: 4, Fallback: []string{"m2"}})
		if h.OK != 100 || h.Failed != 0 || took < 5*time.Minute || took > 10*time.Minute || s.others > 4 {
			t.Errorf("%s after %s: %d ok, %d failed, %d requests of the fallback: %s", h.State, took, h.OK, h.Failed, s.others,
				h.Reason)
		}
	})
}

// runBatch runs a file of prompts through a pool with one endpoint, by the clock of the synctest bubble.
func runBatch(t *testing.T, s pool.Sender, input string, opt job.Options) (job.Header, time.Duration) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "in.txt")
	if err := os.WriteFile(path, []byte(input), 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := job.NewBook(job.Config{Dir: filepath.Join(dir, "runs"), Model: "m", Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	sink := func(e relay.Event) { book.Apply(e) }
	endpoints := []relay.Endpoint{{Name: "e"}}
	paths, err := route.New(route.Options{Endpoints: endpoints, Notify: sink})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pool.New(pool.Options{Senders: map[string]pool.Sender{"e": s}, Route: paths, Sink: sink,
		Limit: limit.New(endpoints, opt.Concurrency+1, nil), Workers: opt.Concurrency + 1})
	if err != nil {
		t.Fatal(err)
	}
	book.SetEngine(p)
	defer func() {
		if err := book.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	begun := time.Now()
	opt.Input = path
	id, err := book.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Minute)
	defer cancel()
	h, err := book.Wait(ctx, id)
	if err != nil {
		t.Errorf("%v: %+v", err, h)
	}
	return h, time.Since(begun)
}
