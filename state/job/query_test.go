package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
	"relaytop/state/job/outfile"
)

// fiveRows is a finished run of five rows, one of them bad and one failed.
func fiveRows(t *testing.T) (*Book, string) {
	t.Helper()
	dir := t.TempDir()
	f := newFake(func(_ int, req relay.Request) *relay.Result {
		p := promptIn(req)
		if strings.Contains(p, "fail") {
			return failed(relay.ClassContentFilter)
		}
		res := ok("Antwort: Grüße " + strings.ToUpper(p))
		res.Cost.Amount = relay.Money(len(p)) * relay.USD
		res.Usage.Output = int64(100 - len(p))
		return res
	})
	b := open(t, dir, f, nil)
	in := `{"id":"first","prompt":"a"}` + "\n" + `{"id":"second","prompt":"a longer prompt"}` + "\n" + "not json\n" +
		`{"id":"third","prompt":"fail"}` + "\n" + `{"id":"last","prompt":"middle one"}` + "\n"
	id := start(t, b, Options{Input: file(t, dir, "in.jsonl", in), Concurrency: 1})
	if h := wait(t, b, id); h.State != Finished {
		t.Fatalf("%+v", h)
	}
	return b, id
}

func TestRowsAreSearchedAndSorted(t *testing.T) {
	b, id := fiveRows(t)
	for _, c := range []struct {
		name string
		q    Query
		want []int32
	}{
		{"all", Query{}, []int32{0, 1, 2, 3, 4}},
		{"an id", Query{Text: "THIRD"}, []int32{3}},
		{"a prompt", Query{Text: "longer"}, []int32{1}},
		{"an answer, in any case", Query{Text: "grüsse"}, nil},
		{"an answer", Query{Text: "GRÜSSE"}, nil},
		{"an answer with an umlaut", Query{Text: "GRÜßE"}, []int32{0, 1, 4}},
		{"an error", Query{Text: "content_filter"}, []int32{3}},
		{"a bad row", Query{Text: "not json"}, []int32{2}},
		{"an outcome", Query{Keep: func(o Outcome, _ bool) bool { return o == RowFailed }}, []int32{3}},
		{"an outcome and a text", Query{Keep: func(o Outcome, _ bool) bool { return o == RowOK }, Text: "middle"},
			[]int32{4}},
		{"cost", Query{Sort: ByCost}, []int32{1, 4, 0, 2, 3}},
		{"tokens", Query{Sort: ByTokens}, []int32{0, 4, 1, 2, 3}},
		{"status", Query{Sort: ByStatus}, []int32{2, 3, 0, 1, 4}},
		{"a text, by cost", Query{Text: "antwort", Sort: ByCost}, []int32{1, 4, 0}},
		{"nothing", Query{Text: "nowhere"}, nil},
	} {
		got, err := b.Query(context.Background(), id, c.q)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
		}
	}
	rows := b.RowsAt(id, []int32{4, 0})
	if len(rows) != 2 || rows[0].N != 5 || rows[1].N != 1 || rows[0].ID != "last" {
		t.Errorf("%+v", rows)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Query(gone, id, Query{Text: "a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was given up: %v", err)
	}
}

// A search of a run that goes on sees the rows in flight too.
func TestASearchSeesRowsInFlight(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, _ relay.Request) *relay.Result {
		if n == 1 {
			return ok("done")
		}
		return nil
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3)), Concurrency: 2})
	until(t, "two hang", func() bool {
		h, _ := b.Header(id)
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.hung) == 2 && h.OK == 1
	})
	got, err := b.Query(context.Background(), id, Query{Text: "partial"})
	if err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	got, err = b.Query(context.Background(), id, Query{Sort: ByTime})
	if err != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, err)
	}
}

func TestOneRowIsSentAgain(t *testing.T) {
	dir := t.TempDir()
	bad := true
	f := newFake(func(_ int, req relay.Request) *relay.Result {
		if strings.Contains(promptIn(req), "fail") && bad {
			return failed(relay.ClassContentFilter)
		}
		return ok("re: " + promptIn(req))
	})
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", "one\nfail a\nfail b\n")
	id := start(t, b, Options{Input: in, Concurrency: 1})
	wait(t, b, id)
	bad = false
	if err := b.RetryRow(id, 9); err == nil {
		t.Error("a row that is not there is sent again")
	}
	if err := b.RetryRow(id, 3); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.OK != 2 || h.Failed != 1 || f.count() != 4 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir, f, nil) // the run is on the disk now
	if err := b.RetryRow(id, 2); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.OK != 3 || h.Failed != 0 || f.count() != 5 || h.PaidTwice != 0 {
		t.Errorf("%d sent, %+v", f.count(), h)
	}
	if err := b.RetryRow(id, 1); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.OK != 3 || f.count() != 6 {
		t.Errorf("an answered row: %d sent, %+v", f.count(), h)
	}
}

// rested waits until the header of a run satisfies done.
func rested(t *testing.T, b *Book, id string, what string, done func(Header) bool) Header {
	t.Helper()
	var h Header
	until(t, what, func() bool { h, _ = b.Header(id); return done(h) })
	return h
}

func TestASkippedRowIsNotSentAndStaysSkipped(t *testing.T) {
	dir := t.TempDir()
	hang := true
	f := newFake(func(_ int, req relay.Request) *relay.Result {
		if hang {
			return nil
		}
		return ok("re: " + promptIn(req))
	})
	b := open(t, dir, f, nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", "one\ntwo\nthree\nfour\n"), Concurrency: 1})
	until(t, "one hangs", func() bool { f.mu.Lock(); defer f.mu.Unlock(); return len(f.hung) == 1 })
	if err := b.Skip(id, 3); err != nil {
		t.Fatal(err)
	}
	rested(t, b, id, "the third is skipped", func(h Header) bool { return h.Skipped == 1 })
	if err := b.Skip(id, 3); err == nil {
		t.Error("it is skipped twice")
	}
	f.mu.Lock()
	hang = false
	f.mu.Unlock()
	if err := b.Skip(id, 1); err != nil { // in flight
		t.Fatal(err)
	}
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 2 || h.Skipped != 2 || h.PaidTwice != 0 || f.count() != 3 {
		t.Fatalf("%d sent, %+v", f.count(), h)
	}
	w, err := b.Whole(id, 1)
	if err != nil || w.Outcome != RowSkipped || w.Answer != "partial" || w.Error != skipReason {
		t.Errorf("%v, %+v", err, w)
	}
	var outcomes []outfile.Outcome
	for _, l := range outLines(t, h.Out) {
		outcomes = append(outcomes, l.Ours.Outcome)
	}
	if got := fmt.Sprint(outcomes); got != "[skipped ok skipped ok]" {
		t.Errorf("the output has %s", got)
	}
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	b = open(t, dir, f, nil)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h = wait(t, b, id); h.Skipped != 2 || f.count() != 3 {
		t.Errorf("a resume sends skipped rows: %d sent, %+v", f.count(), h)
	}
	if err := b.RetryRow(id, 3); err != nil {
		t.Fatal(err)
	}
	if h = wait(t, b, id); h.Skipped != 1 || h.OK != 3 || f.count() != 4 {
		t.Errorf("retried: %d sent, %+v", f.count(), h)
	}
}
