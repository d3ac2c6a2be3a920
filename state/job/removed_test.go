package job

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"relaytop/relay"
)

// editedRun runs rows, rewrites the input, and resumes the run in another process.
func editedRun(t *testing.T, before, after string, answer func(int, relay.Request) *relay.Result, o Options) (
	*Book, *fake, Header,
) {
	t.Helper()
	dir := t.TempDir()
	in := file(t, dir, "in.jsonl", before)
	b := open(t, dir, newFake(answer), nil)
	id := start(t, b, Options{Input: in, Concurrency: 1})
	wait(t, b, id)
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	file(t, dir, "in.jsonl", after)
	f := newFake(echo)
	c := open(t, dir, f, nil)
	o.Resume = id
	start(t, c, o)
	return c, f, wait(t, c, id)
}

const (
	fourRows = `{"id":"a","prompt":"A"}` + "\n" + `{"id":"b","prompt":"B"}` + "\n" + `{"prompt":"C"}` + "\n" +
		`"D"` + "\n"
	editedRows = `{"id":"b","prompt":"B"}` + "\n" + `{"prompt":"C, edited"}` + "\n" + `{"prompt":"C!"}` + "\n" +
		`"D"` + "\n" + `"E"` + "\n"
)

// TestTotalsDoNotFallWhenRowsAreRemoved from the input: what was answered stays in them, and in the output.
func TestTotalsDoNotFallWhenRowsAreRemoved(t *testing.T) {
	b, f, h := editedRun(t, fourRows, editedRows, echo, Options{})
	if h.State != Finished || h.Rows != 7 || h.OK != 7 || h.Removed != 2 || h.Replaced != 1 || f.count() != 3 ||
		h.Cost != 7*1_000_003 {
		t.Fatalf("%d sent: %+v", f.count(), h)
	}
	if c := h.Changed; c == nil || *c != (Change{Came: 2, Went: 1, Changed: 1}) {
		t.Errorf("it says that the input changed by %+v", c)
	}
	ids, removed := map[string]int{}, 0
	for _, l := range outLines(t, h.Out) {
		ids[l.CustomID]++
		if l.Ours.Removed {
			removed++
		}
	}
	if len(ids) != 6 || removed != 1 || ids["a"] != 1 || ids["row-3"] != 1 {
		t.Errorf("%d lines of rows that are removed, ids %v", removed, ids)
	}
	if rows := b.Rows(h.ID, 5, 10); len(rows) != 2 || rows[0].Outcome != RowOK {
		t.Errorf("shown as %+v", rows)
	}
	if err := b.RetryFailed(h.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.RetryRow(h.ID, 6); err == nil || f.count() != 3 {
		t.Errorf("a removed row was sent again: %v", err)
	}
	m, err := readManifest(filepath.Join(b.cfg.Dir, h.ID))
	if err != nil || len(m.Inputs) != 2 || m.Inputs[0].Rows != 4 || m.Inputs[1].Rows != 5 {
		t.Errorf("the manifest has seen %+v: %v", m.Inputs, err)
	}
}

func TestRemovedRowsCanBeLeftOutOfTheOutput(t *testing.T) {
	_, _, h := editedRun(t, fourRows, editedRows, echo, Options{DropRemoved: true})
	if n := len(outLines(t, h.Out)); n != 5 || h.Rows != 7 || h.Removed != 2 {
		t.Errorf("%d lines: %+v", n, h)
	}
}

// TestARemovedRowIsNeverSent, whether it failed or was in flight when the run ended.
func TestARemovedRowIsNeverSent(t *testing.T) {
	fails := func(n int, req relay.Request) *relay.Result {
		if n <= 2 {
			return failed(relay.ClassUpstream)
		}
		return echo(n, req)
	}
	_, f, h := editedRun(t, fourRows, `"D"`+"\n", fails, Options{RetryFailed: true})
	if f.count() != 0 || h.State != Finished || h.Failed != 2 || h.OK != 2 || h.Removed != 3 {
		t.Errorf("%d sent: %+v", f.count(), h)
	}
}

// TestAnInputThatIsTheSameAgain, and one whose rows only moved.
func TestAnInputThatIsTheSameAgain(t *testing.T) {
	if _, _, h := editedRun(t, fourRows, fourRows, echo, Options{}); h.Changed != nil || h.Removed != 0 {
		t.Errorf("%+v", h)
	}
	moved := `"D"` + "\n" + fourRows[:len(fourRows)-4]
	if _, f, h := editedRun(t, fourRows, moved, echo, Options{}); h.Changed == nil || *h.Changed != (Change{}) ||
		h.Removed != 0 || f.count() != 0 {
		t.Errorf("moved: %d sent, %+v of %+v", f.count(), h.Changed, h)
	}
}

// TestAResumeOnHoldSendsNothing until it is resumed once more, so that what has changed can be told before.
func TestAResumeOnHoldSendsNothing(t *testing.T) {
	b, f, h := editedRun(t, fourRows, editedRows, echo, Options{Hold: true})
	if h.State != Paused || h.Changed == nil || f.count() != 0 {
		t.Fatalf("%d sent: %+v", f.count(), h)
	}
	if err := b.Resume(h.ID); err != nil {
		t.Fatal(err)
	}
	if h = wait(t, b, h.ID); h.State != Finished || f.count() != 3 {
		t.Errorf("%d sent: %+v", f.count(), h)
	}
	if _, err := os.Stat(h.Out); err != nil {
		t.Error(err)
	}
}

// TestRowsThatWentUnsentAreCounted: what they were is not known, but how many.
func TestRowsThatWentUnsentAreCounted(t *testing.T) {
	_, _, h := editedRun(t, jsonNumbers(40), jsonNumbers(10), func(n int, req relay.Request) *relay.Result {
		if n > 20 {
			return failed(relay.ClassAuth)
		}
		return echo(n, req)
	}, Options{})
	if c := h.Changed; c == nil || *c != (Change{Went: 30}) {
		t.Errorf("it says that the input changed by %+v", c)
	}
}

// jsonNumbers are n prompts in JSONL.
func jsonNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\"%d\"\n", i)
	}
	return b.String()
}

// TestAPlaceIsNoIdentityOnceRowsMoved: of a text file that was put into another order, the row that went is not the one
// that stands in its place now. Its answer was paid for and stays in the output.
func TestAPlaceIsNoIdentityOnceRowsMoved(t *testing.T) {
	first := 0
	answer := func(n int, req relay.Request) *relay.Result {
		if first = n; n > 3 {
			return failed(relay.ClassAuth) // the run pauses: of five rows three have an answer
		}
		return echo(n, req)
	}
	_, _, h := editedRun(t, `"A"`+"\n"+`"B"`+"\n"+`"C"`+"\n"+`"D"`+"\n"+`"E"`+"\n",
		`"new 1"`+"\n"+`"C"`+"\n"+`"new 2"`+"\n"+`"A"`+"\n"+`"D"`+"\n"+`"E"`+"\n", answer, Options{})
	if h.State != Finished || h.Rows != 7 || h.OK != 7 || h.Removed != 1 || h.Replaced != 0 {
		t.Fatalf("%d were answered at first: %+v", first, h)
	}
	if c := h.Changed; c == nil || *c != (Change{Came: 2, Went: 1}) {
		t.Errorf("it says that the input changed by %+v", c)
	}
	if lines := outLines(t, h.Out); len(lines) != 7 {
		t.Errorf("%d lines for 7 answers that were paid for", len(lines))
	}
}
