package job

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"relaytop/relay"
)

func TestWhatNeverRanIsSentAgain(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	a.ends, a.ran = relay.BatchExpired, 4
	b := carried(t, dir, &visitor{account: a}, 100)
	in := file(t, dir, "in.txt", prompts(10))
	id := start(t, b, Options{Input: in, Carrier: ByProvider})
	if h := wait(t, b, id); h.State != Paused || h.OK != 4 || h.Queued != 6 {
		t.Fatalf("%+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := newFake(echo)
	c := open(t, dir, f, nil)
	c.SetProviders([]Provider{&visitor{account: a}}, nil)
	h := wait(t, c, start(t, c, Options{Resume: id, Carrier: ByPool}))
	if h.State != Finished || h.OK != 10 || f.count() != 6 || len(a.batches) != 1 {
		t.Fatalf("%d through the pool, %+v", f.count(), h)
	}
}

func TestTheRestGoesIntoAnotherPart(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	a.ends, a.ran = relay.BatchExpired, 4
	b := carried(t, dir, &visitor{account: a}, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	wait(t, b, id)
	a.mu.Lock()
	a.ends = ""
	a.mu.Unlock()
	if err := b.Resume(id); err != nil {
		t.Fatal(err)
	}
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 10 || len(a.batches) != 2 || len(a.rowsSent()) != 16 {
		t.Fatalf("%d batches of %d rows, %+v", len(a.batches), len(a.rowsSent()), h)
	}
}

func TestFailedRowsAreSentAgain(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	a.answer = func(l fakeLine) *relay.BatchLine {
		return &relay.BatchLine{CustomID: l.ID, Status: 429, Message: "busy"}
	}
	b := carried(t, dir, &visitor{account: a}, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	if h := wait(t, b, id); h.State != Finished || h.Failed != 10 {
		t.Fatalf("%+v", h)
	}
	a.mu.Lock()
	a.answer = nil
	a.mu.Unlock()
	if err := b.RetryFailed(id); err != nil {
		t.Fatal(err)
	}
	h := wait(t, b, id)
	if h.State != Finished || h.OK != 10 || h.Failed != 0 {
		t.Fatalf("%+v", h)
	}
}

// holding blocks the first poll, so that the batch stays at the provider.
func holding(a *account) (v *visitor, polled chan struct{}) {
	polled = make(chan struct{}, 100)
	v = &visitor{account: a, hook: func(ctx context.Context, call string) error {
		if call == "poll" {
			polled <- struct{}{}
			<-ctx.Done()
			return &relay.Error{Class: relay.ClassCancelled, Message: "stopped"}
		}
		return ctx.Err()
	}}
	return v, polled
}

func TestAPauseLeavesTheBatchAtTheProvider(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	<-polled
	if err := b.Pause(id); err != nil {
		t.Fatal(err)
	}
	h := wait(t, b, id)
	if h.State != Paused || h.Stopped != StopUser || !strings.Contains(h.Reason, "home has 10 rows (validating)") ||
		h.Provider.Phase != "validating" || h.Provider.Rows != 10 {
		t.Fatalf("%+v", h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := carried(t, dir, &visitor{account: a}, 100)
	if h, _ := c.Header(id); h.Provider.Phase != "validating" || h.Provider.Rows != 10 || h.State != Paused {
		t.Fatalf("on the disk: %+v", h)
	}
	if h := wait(t, c, start(t, c, Options{Resume: id})); h.State != Finished || h.OK != 10 || len(a.batches) != 1 {
		t.Fatalf("%+v", h)
	}
}

// TestAnswersToRemovedRowsAreKept: rows that a provider answered after they were taken out of the input were paid for.
func TestAnswersToRemovedRowsAreKept(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	in := file(t, dir, "in.txt", prompts(10))
	id := start(t, b, Options{Input: in, Carrier: ByProvider})
	<-polled
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	file(t, dir, "in.txt", strings.Replace(prompts(8), "prompt 2\n", "", 1)) // 2, 9 and 10 are gone
	c := carried(t, dir, &visitor{account: a}, 100)
	h := wait(t, c, start(t, c, Options{Resume: id}))
	if h.State != Finished || h.OK != 10 || h.Rows != 10 || h.Removed != 3 || len(a.batches) != 1 || h.PaidTwice != 0 {
		t.Fatalf("%d of %d rows ok, %d removed, %d batches: %+v", h.OK, h.Rows, h.Removed, len(a.batches), h)
	}
	cost, usage := h.Cost, h.Usage
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	d := carried(t, dir, &visitor{account: a}, 100)
	h = wait(t, d, start(t, d, Options{Resume: id}))
	if h.State != Finished || h.OK != 10 || h.Removed != 3 || h.Cost != cost || h.Usage != usage || cost == 0 {
		t.Errorf("read again: %d ok, %d removed, cost %s instead of %s", h.OK, h.Removed, h.Cost, cost)
	}
}

func TestOpenPartsAreNotSentThroughThePool(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	<-polled
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := carried(t, dir, &visitor{account: a}, 100)
	_, err := c.Start(Options{Resume: id, Carrier: ByPool})
	if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "home still has rows") {
		t.Fatal(err)
	}
	if h := wait(t, c, start(t, c, Options{Resume: id})); h.State != Finished || h.OK != 10 || len(a.batches) != 1 {
		t.Fatalf("%+v", h)
	}
}

func TestCancelAtTheProvider(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	a.ran = 3
	v, polled := holding(a)
	b := carried(t, dir, v, 100)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider})
	<-polled
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := carried(t, dir, &visitor{account: a}, 100)
	start(t, c, Options{Resume: id, Hold: true})
	if h := wait(t, c, id); h.State != Paused {
		t.Fatalf("%+v", h)
	}
	if err := c.Cancel(id); err != nil {
		t.Fatal(err)
	}
	until(t, "it is cancelled", func() bool { h, _ := c.Header(id); return h.State == Cancelled })
	h, _ := c.Header(id)
	if h.OK != 3 || h.Queued != 7 || h.Provider.Open != 0 || len(a.batches) != 1 || h.Cost != 3*1_000_003 {
		t.Fatalf("%+v", h)
	}
}

func TestTheWorstCaseIsRefusedBeforeTheUpload(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	a.price = func(_ string, in, out int64) (relay.Cost, bool) {
		return relay.Cost{Amount: relay.Money(in + out), Source: relay.SourceList}, true
	}
	b := carried(t, dir, &visitor{account: a}, 100)
	b.prices.known = func(string) bool { return true }
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(10)), Carrier: ByProvider, Budget: 10 * 4096})
	h := wait(t, b, id)
	if h.State != Paused || h.Stopped != StopBudget || a.uploads != 0 ||
		!strings.Contains(h.Reason, "nothing was uploaded") {
		t.Fatalf("%d uploads, %+v", a.uploads, h)
	}
	if err := b.SetBudget(id, 10*5000); err != nil {
		t.Fatal(err)
	}
	if h := wait(t, b, id); h.State != Finished || h.OK != 10 {
		t.Fatalf("%+v", h)
	}
}

func TestACreateWithoutAnAnswerIsLookedFor(t *testing.T) {
	for _, made := range []bool{true, false} {
		dir := t.TempDir()
		a := newAccount()
		n := 0
		where := map[bool]string{true: "created", false: "create"}[made]
		v := &visitor{account: a, hook: func(_ context.Context, call string) error {
			if call == where {
				if n++; n == 1 {
					return &relay.Error{Class: relay.ClassNetwork, Message: "the connection was closed"}
				}
			}
			return nil
		}}
		b := carried(t, dir, v, 100)
		h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(5)), Carrier: ByProvider}))
		if h.State != Finished || h.OK != 5 || len(a.batches) != 1 || !slices.Contains(a.calls, "list") {
			t.Errorf("made %v: %d batches, calls %s, %+v", made, len(a.batches), joined(a.calls), h)
		}
	}
}

func TestANetworkThatComesBack(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	dice := rand.New(rand.NewPCG(1, 2))
	v := &visitor{account: a, hook: func(_ context.Context, call string) error {
		if call != "line" && dice.IntN(3) == 0 {
			return &relay.Error{Class: relay.ClassNetwork, Message: "no route"}
		}
		return nil
	}}
	b := carried(t, dir, v, 4)
	h := wait(t, b, start(t, b, Options{Input: file(t, dir, "in.txt", prompts(20)), Carrier: ByProvider}))
	for h.State == Paused && h.Stopped == StopProvider { // the probe failed: that pauses it
		if err := b.Resume(h.ID); err != nil {
			t.Fatal(err)
		}
		h = wait(t, b, h.ID)
	}
	if h.State != Finished || h.OK != 20 {
		t.Fatalf("%+v", h)
	}
	for part, n := range a.created() {
		if n != 1 {
			t.Errorf("part %s has %d batches", part, n)
		}
	}
}

func TestCustomID(t *testing.T) {
	a, ab := strings.Repeat("a", 32), strings.Repeat("ab", 16)
	for _, bad := range []string{"", "-0", a, a + "-", a + "-01", a + "--1", strings.Repeat("z", 32) + "-0", a + "_0"} {
		if _, _, ok := parseCustomID(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
	if k, occ, ok := parseCustomID(ab + "-12"); !ok || occ != 12 || k.String() != ab {
		t.Errorf("%v %d %v", k, occ, ok)
	}
}

// TestASetbackWaitsForTheOtherParts: the first of three parts is refused. What is with the provider is carried to its
// end before the run pauses; what is not goes nowhere, so that the rest can go through the pool.
func TestASetbackWaitsForTheOtherParts(t *testing.T) {
	dir := t.TempDir()
	a := newAccount()
	refused := false
	a.odd = func(b *relay.Batch) {
		switch {
		case b.Metadata[metaPart] != "1":
		case len(a.batches) == 1:
			b.Phase, b.Output, b.Errors = relay.BatchInProgress, "", ""
		default:
			b.Phase, b.Output, b.Errors, b.Problem = relay.BatchFailed, "", "", "not today"
			refused = true
		}
	}
	v := &visitor{account: a}
	v.hook = func(_ context.Context, call string) error {
		if call == "create" && len(a.batches) == 2 && !refused {
			return &relay.Error{Class: relay.ClassOverloaded, Status: 429, Message: "not yet"}
		}
		return nil
	}
	b := carried(t, dir, v, 10)
	id := start(t, b, Options{Input: file(t, dir, "in.txt", prompts(30)), Carrier: ByProvider})
	h := wait(t, b, id)
	if h.State != Paused || h.OK != 10 || h.Queued != 20 || h.Provider.Open != 0 || len(a.batches) != 2 ||
		!strings.Contains(h.Reason, "not today") {
		t.Fatalf("%d batches, %+v", len(a.batches), h)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f := newFake(echo)
	c := open(t, dir, f, nil)
	c.SetProviders([]Provider{v}, nil)
	if h := wait(t, c, start(t, c, Options{Resume: id, Carrier: ByPool})); h.OK != 30 || f.count() != 20 {
		t.Fatalf("%d through the pool, %+v", f.count(), h)
	}
}
