package job

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"relaytop/relay"
)

// TestOptionsOfAResumeTakeEffectInTheSameProcess: an open run is resumed like one on the disk.
func TestOptionsOfAResumeTakeEffectInTheSameProcess(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		if n == 1 {
			return failed(relay.ClassAuth)
		}
		return echo(n, req)
	})
	b := open(t, dir, f, allPriced)
	in := file(t, dir, "in.txt", prompts(20))
	id := start(t, b, Options{Input: in, Concurrency: 1})
	if h := wait(t, b, id); h.Stopped != "auth" {
		t.Fatalf("%+v", h)
	}
	other := filepath.Join(dir, "other.jsonl")
	o := Options{Input: in, Resume: "last", Concurrency: 3, Model: "another", Out: other, Budget: relay.USD}
	if again := start(t, b, o); again != id {
		t.Errorf("it resumed %s, not %s", again, id)
	}
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 20 || h.Concurrency != 3 || h.Model != "another" || h.Out != other {
		t.Errorf("%+v", h)
	}
	if last := f.sent[len(f.sent)-1]; last.Model != "another" {
		t.Errorf("rows went to %s", last.Model)
	}
	if len(outLines(t, other)) != 20 {
		t.Error("the output is not where the resume said")
	}
}

func TestOptionsThatCanNotChangeWhileRowsAreInFlightAreRefused(t *testing.T) {
	_, _, b, id := begun(t)
	for _, o := range []Options{{Model: "another"}, {Out: filepath.Join(t.TempDir(), "x.jsonl")},
		{Template: "{{text}}!"}} {
		o.Resume = id
		if _, err := b.Start(o); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "pause it") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := b.Start(Options{
		Resume: id, Concurrency: 7, Budget: relay.USD, BudgetUnknown: true,
	}); err != nil {
		t.Error(err)
	}
	if h, _ := b.Header(id); h.Concurrency != 7 || h.State != Running {
		t.Errorf("%d rows at a time in state %s", h.Concurrency, h.State)
	}
	other := file(t, t.TempDir(), "other.txt", "x\n")
	if _, err := b.Start(Options{Resume: id, Input: other}); !errors.Is(err, ErrInput) ||
		!strings.Contains(err.Error(), other) {
		t.Errorf("another file: %v", err)
	}
}

// TestResumingAFinishedRunSaysSo, in the process that ran it and in the next one, and sends new rows of the input.
func TestResumingAFinishedRunSaysSo(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, nil)
	in := file(t, dir, "in.txt", prompts(5))
	id := start(t, b, Options{Input: in})
	if h := wait(t, b, id); h.NothingLeft {
		t.Error("a new run has nothing left")
	}
	resumed := func(b *Book, how string, want bool) {
		t.Helper()
		start(t, b, Options{Resume: id})
		if h := wait(t, b, id); h.State != Finished || h.NothingLeft != want || h.OK != h.Rows {
			t.Errorf("%s: %+v", how, h)
		}
	}
	resumed(b, "in the same process", true)
	file(t, dir, "in.txt", prompts(6))
	resumed(b, "with a row more", false)
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); !h.NothingLeft {
		t.Errorf("by its key: %+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := open(t, dir, newFake(echo), nil)
	if h, _ := c.Header(id); h.NothingLeft {
		t.Error("the list says what only a resume can know")
	}
	resumed(c, "in the next process", true)
	if f.count() != 6 {
		t.Errorf("%d rows were sent", f.count())
	}
}

// TestAResumeTakesTheOptionsThatItSets, and keeps the others.
func TestAResumeTakesTheOptionsThatItSets(t *testing.T) {
	m := &manifest{ID: "r1", Options: Options{Input: "in.txt", Out: "out.jsonl", Model: "m",
		Params: relay.Params{"n": json.RawMessage("1")}, Concurrency: 2, Template: "{{text}}", Fallback: []string{"f"},
		Budget: relay.USD}}
	for _, o := range []Options{{}, {Out: filepath.Join(t.TempDir(), "other.jsonl")}, {Model: "n"},
		{Params: relay.Params{"n": json.RawMessage("2")}}, {Concurrency: 3}, {Template: "{{text}}!"}, {Paragraphs: true},
		{Fallback: []string{"g"}}, {AllowDuplicate: true}, {StopOnBad: true}, {Force: true}, {RetryFailed: true},
		{Budget: 2 * relay.USD}} {
		want := m.Options
		want.Resume = m.ID
		for i, named := range reflect.ValueOf(o).Fields() {
			if !named.IsZero() {
				reflect.ValueOf(&want).Elem().FieldByIndex(i.Index).Set(named)
			}
		}
		if got, err := m.merge(o); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("of %+v: %+v, %v", o, got, err)
		}
	}
}

// TestAResumeOverwritesNoOtherOutput: neither in the process that ran it, nor in the next one.
func TestAResumeOverwritesNoOtherOutput(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), nil)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(3))})
	wait(t, b, id)
	o := Options{Resume: id, Out: file(t, dir, "other.jsonl", "not ours\n")}
	if _, err := b.Start(o); !errors.Is(err, ErrExists) {
		t.Errorf("in the same process: %v", err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir, newFake(echo), nil).Start(o); !errors.Is(err, ErrExists) {
		t.Errorf("in the next process: %v", err)
	}
}

// TestAResumeWithALargerBudgetGoesOn with a run that paused for its budget and is still open.
func TestAResumeWithALargerBudgetGoesOn(t *testing.T) {
	dir := t.TempDir()
	f := newFake(func(n int, req relay.Request) *relay.Result {
		r := echo(n, req)
		r.Cost.Amount = relay.USD / 10
		return r
	})
	b := open(t, dir, f, allPriced)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(20)), Budget: relay.USD, Concurrency: 1})
	if h := wait(t, b, id); h.State != Paused || h.Stopped != "budget" {
		t.Fatalf("%+v", h)
	}
	start(t, b, Options{Resume: id, Budget: 10 * relay.USD})
	if h := wait(t, b, id); h.State != Finished || h.OK != 20 {
		t.Errorf("%+v", h)
	}
}
