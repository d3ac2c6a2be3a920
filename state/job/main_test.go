package job

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("JOB_TEST_KILLED_IN"); dir != "" {
		runUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

// fake answers rows by its script, each in its own goroutine.
type fake struct {
	book   *Book
	answer func(n int, req relay.Request) *relay.Result // nil: hangs until it is cancelled
	refuse error
	mute   bool // no token comes before the end
	sends  int  // so many rows; the others wait for a limit until they are cancelled; 0: all

	mu   sync.Mutex
	n    int
	back int // of n: their runs stopped before they were sent
	sent []relay.Request
	hung map[relay.ID]relay.Request
	wg   sync.WaitGroup
}

func (f *fake) Submit(req relay.Request) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		return f.refuse
	}
	f.n++
	n := f.n
	f.sent = append(f.sent, req)
	f.wg.Go(func() {
		at := time.Now()
		f.book.Apply(relay.Event{Kind: relay.Queued, ID: req.ID, At: at})
		if f.sends > 0 && n > f.sends {
			f.mu.Lock()
			f.hung[req.ID] = req
			f.mu.Unlock()
			f.book.Apply(relay.Event{Kind: relay.Waiting, ID: req.ID, At: at, Reason: "our own limit",
				Cause: &relay.WaitCause{Kind: relay.WaitLimit, What: relay.WhatRequests, N: 2, Wait: time.Minute}})
			return
		}
		if err := f.book.Sending(req.ID); err != nil {
			f.mu.Lock()
			f.back++
			f.mu.Unlock()
			f.book.Apply(relay.Event{Kind: relay.Done, ID: req.ID, At: at, Result: unsent(req.ID)})
			return
		}
		f.book.Apply(relay.Event{Kind: relay.Sent, ID: req.ID, At: at, Attempt: 1, Model: req.Model})
		if !f.mute {
			f.book.Apply(relay.Event{Kind: relay.Text, ID: req.ID, At: at, Text: "partial"})
		}
		res := f.answer(n, req)
		if res == nil {
			f.mu.Lock()
			f.hung[req.ID] = req
			f.mu.Unlock()
			return
		}
		res.ID = req.ID
		f.book.Apply(relay.Event{Kind: relay.Done, ID: req.ID, At: time.Now(), Result: res})
	})
	return nil
}

func (f *fake) Cancel(id relay.ID) {
	f.mu.Lock()
	_, ok := f.hung[id]
	delete(f.hung, id)
	f.mu.Unlock()
	if ok {
		f.book.Apply(relay.Event{Kind: relay.Done, ID: id, Result: &relay.Result{ID: id, Status: relay.StatusCancelled,
			Text: "partial",
			Err:  &relay.Error{Class: relay.ClassCancelled, Message: "stopped"}}})
	}
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n - f.back
}

func promptIn(req relay.Request) string {
	if len(req.Messages) > 0 {
		return req.Messages[len(req.Messages)-1].Text
	}
	return string(req.Body)
}

func ok(text string) *relay.Result {
	return &relay.Result{Status: relay.StatusOK, Finish: "stop", Model: "m", Endpoint: "e", Text: text,
		Usage: &relay.Usage{Input: 10, Output: 5, Total: 15},
		Cost:  relay.Cost{Amount: 1_000_003, Source: relay.SourceReported}, Attempts: []relay.Attempt{{Status: 200}},
		Wall: time.Unix(1_700_000_000, 0)}
}

func failed(c relay.Class) *relay.Result {
	return &relay.Result{Status: relay.StatusFailed, Err: &relay.Error{Class: c, Message: "no " + string(c)},
		Attempts: []relay.Attempt{{Status: 500}}}
}

// unsent is the result of a row whose run stopped before it was sent.
func unsent(id relay.ID) *relay.Result {
	return &relay.Result{ID: id, Status: relay.StatusFailed, Back: relay.BackUnsent,
		Err: &relay.Error{Class: relay.ClassCancelled, Message: "not sent"}}
}

func echo(_ int, req relay.Request) *relay.Result { return ok("re: " + promptIn(req)) }

func newFake(answer func(int, relay.Request) *relay.Result) *fake {
	return &fake{answer: answer, hung: map[relay.ID]relay.Request{}}
}

// open makes a book in dir with a fake engine. It is closed at the end of the test.
func open(t *testing.T, dir string, f *fake, change func(*Config)) *Book {
	t.Helper()
	cfg := Config{Engine: f, Dir: filepath.Join(dir, "runs"), Model: "deepseek-v3.2", Version: "test"}
	if change != nil {
		change(&cfg)
	}
	b, err := NewBook(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.book = b
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := b.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		f.wg.Wait()
	})
	return b
}

func file(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func prompts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "prompt %d\n", i+1)
	}
	return b.String()
}

func start(t *testing.T, b *Book, o Options) string {
	t.Helper()
	id, err := b.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func wait(t *testing.T, b *Book, id string) Header {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	h, err := b.Wait(ctx, id)
	if err != nil {
		t.Fatalf("%v in state %s: %+v", err, h.State, h)
	}
	return h
}

// until waits for a condition.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !cond(); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func outLines(t *testing.T, path string) []outfile.Line {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []outfile.Line
	for s := bufio.NewScanner(f); s.Scan(); {
		var l outfile.Line
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			t.Fatalf("%v in %s", err, s.Text())
		}
		out = append(out, l)
	}
	return out
}
