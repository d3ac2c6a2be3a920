package job

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"relaytop/relay"
)

// TestARunThatIsHeldSendsNothing: its input and its journal are read, so that its header says what a resume would
// send.
func TestARunThatIsHeldSendsNothing(t *testing.T) {
	dir, f, b, id := begun(t)
	if h, err := b.Hold(t.Context(), id); err != nil || h.State != Running {
		t.Errorf("an open run: %v, %+v", err, h)
	}
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	sent := f.count()
	file(t, dir, "in.txt", prompts(6))
	b = open(t, dir, f, nil)
	h, err := b.Hold(t.Context(), id)
	if err != nil || h.State != Paused || h.Rows != 6 || h.Done() != 0 || h.Changed == nil || h.Changed.Came != 2 {
		t.Errorf("%v, %+v", err, h)
	}
	if f.count() != sent {
		t.Errorf("%d rows were sent", f.count()-sent)
	}
	f.mu.Lock()
	f.answer = echo
	f.mu.Unlock()
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 6 || len(outLines(t, filepath.Join(dir, "in.out.jsonl"))) != 6 {
		t.Errorf("%+v", h)
	}
	if _, err := b.Hold(t.Context(), "nosuch"); err == nil {
		t.Error("a run that is not there is held")
	}
}

// TestARunThatWasOnlyReadIsReleased: another process may have it then, and it stands as it did before.
func TestARunThatWasOnlyReadIsReleased(t *testing.T) {
	dir, f, b, id := begun(t)
	if err := b.Release(id); err != nil {
		t.Fatal(err)
	}
	if h, _ := b.Header(id); h.State != Running {
		t.Errorf("a run that goes on is released: %+v", h)
	}
	if err := b.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	b, other := open(t, dir, f, nil), open(t, dir, newFake(echo), nil)
	before, _ := b.Header(id)
	if _, err := b.Hold(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Hold(t.Context(), id); !errors.Is(err, ErrLocked) {
		t.Errorf("a run that is held is opened twice: %v", err)
	}
	if err := b.Release(id); err != nil {
		t.Fatal(err)
	}
	h, _ := b.Header(id)
	if h.State != before.State || h.Stopped != before.Stopped || h.Reason != before.Reason || h.Rows != before.Rows {
		t.Errorf("%+v, before %+v", h, before)
	}
	if err := other.Refresh(); err != nil {
		t.Fatal(err)
	}
	if h, _ := other.Header(id); h.Reason != before.Reason || h.Stopped != before.Stopped || h.State != before.State {
		t.Errorf("on the disk: %+v, before %+v", h, before)
	}
	if err := other.Resume(id); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, other, id); h.State != Finished || h.OK != 4 {
		t.Errorf("%+v", h)
	}
	if err := b.Release("nosuch"); err != nil {
		t.Error(err)
	}
}

// TestARowIsPricedBeforeItIsSentAgain: from its prompt alone to the longest answer, and with the usual one between.
func TestARowIsPricedBeforeItIsSentAgain(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), func(c *Config) {
		c.Price = func(model string, in, out int64) (relay.Cost, bool) {
			return relay.Cost{Amount: relay.Money(in + 10*out)}, model == "known"
		}
		c.Measured = func(string) relay.Measured { return relay.Measured{Answers: 3, Output: 20} }
	})
	rows := `{"custom_id":"1","body":{"model":"known","messages":[{"role":"user","content":"aaaabbbb"}],"max_tokens":50}}
{"custom_id":"2","body":{"model":"other","messages":[{"role":"user","content":"a"}]}}
`
	id := start(t, b, Options{Input: file(t, dir, "in.jsonl", rows)})
	wait(t, b, id)
	c, err := b.RowCost(id, 1)
	in := relay.EstimateBody(map[string]any{"messages": []any{map[string]any{"role": "user", "content": "aaaabbbb"}}})
	if err != nil || !c.Priced || c.Model != "known" || c.Least != relay.Money(in-in/4) ||
		c.Likely != relay.Money(in+200) || c.Most != relay.Money(in+in/4+500) {
		t.Errorf("%v, %+v of %d tokens", err, c, in)
	}
	if c, err := b.RowCost(id, 2); err != nil || c.Priced || c.Model != "other" {
		t.Errorf("%v, %+v", err, c)
	}
	if _, err := b.RowCost(id, 3); err == nil {
		t.Error("a row that is not there has a price")
	}
}
