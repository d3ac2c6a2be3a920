package state

import (
	"context"
	"errors"
	"slices"
	"testing"

	"relaytop/relay"
	"relaytop/state/job"
)

// purse is a budget that the test sets.
type purse struct {
	spent, unread error
	unpriced      string // a model without a price
}

func (p *purse) Check(models ...string) error {
	if p.spent == nil && p.unpriced != "" && slices.Contains(models, p.unpriced) {
		return &relay.UnpricedError{Model: p.unpriced, Limit: "budget_day"}
	}
	return p.spent
}

func (p *purse) Refresh(...string) error { return p.unread }
func (p *purse) Lift()                   { p.spent = nil }
func (p *purse) AllowUnpriced()          { p.unpriced = "" }

func (p *purse) Figures() (limit, spent relay.Money, unknown int) { return relay.USD, 2 * relay.USD, 3 }

func TestNothingIsSentPastTheBudget(t *testing.T) {
	p := &purse{spent: relay.ErrBudget}
	w := &wire{}
	s := New(Options{Engine: w, Model: "m", Budget: p})
	w.store = s
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if snap := s.Snapshot(); snap.DayLimit != relay.USD || snap.DaySpent != 2*relay.USD || snap.DayBlind != 3 {
		t.Errorf("%s of %s", snap.DaySpent, snap.DayLimit)
	}
	book := &fakeRuns{}
	s.SetRuns(book)
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, relay.ErrBudget) || w.count() != 0 || len(s.Talk().Messages(chat)) != 0 || book.started != 0 {
			t.Errorf("%s: %v, %d sent, %d runs", what, err, w.count(), book.started)
		}
	}
	refused("ask", s.Talk().Ask(chat, "hello"))
	_, err := s.Runs().Start(job.Options{Sample: true})
	refused("start", err)
	refused("resume", s.Runs().Resume("r"))
	refused("retry", s.Runs().RetryFailed("r"))
	p.unread = errors.New("disk")
	if err := s.Talk().Ask(chat, "hello"); !errors.Is(err, p.unread) {
		t.Errorf("a ledger that can't be read: %v", err)
	}
	p.unread = nil
	s.Budget().Lift()
	if err := s.Talk().Ask(chat, "hello"); err != nil || w.count() != 1 {
		t.Errorf("lifted: %v", err)
	}
	if _, err := s.Runs().Start(job.Options{Sample: true}); err != nil || book.started != 1 {
		t.Errorf("lifted: %v", err)
	}
}

// TestAModelWithoutAPriceIsRefused: nothing is said in the chat until the user agreed to send without a price.
func TestAModelWithoutAPriceIsRefused(t *testing.T) {
	p, w := &purse{unpriced: "m"}, &wire{}
	s := New(Options{Engine: w, Model: "m", Budget: p})
	w.store = s
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	var no *relay.UnpricedError
	if err := s.Talk().Ask(chat, "hello"); !errors.As(err, &no) || no.Model != "m" || !errors.Is(err, relay.ErrBudget) ||
		w.count() != 0 || len(s.Talk().Messages(chat)) != 0 {
		t.Errorf("%v, %d sent", err, w.count())
	}
	if err := s.Settings().SetModel(chat, "priced"); err != nil {
		t.Fatal(err)
	}
	if err := s.Talk().Ask(chat, "hello"); err != nil {
		t.Errorf("a model with a price: %v", err)
	}
	w.answer(w.last().ID, "hi")
	if err := s.Settings().SetModel(chat, "m"); err != nil {
		t.Fatal(err)
	}
	s.Budget().AllowUnpriced()
	if err := s.Talk().Ask(chat, "hello"); err != nil || w.last().Model != "m" {
		t.Errorf("after the user agreed: %v", err)
	}
}

// fakeRuns counts the runs that are started; its other methods are not called.
type fakeRuns struct {
	RunBook
	started int
}

func (r *fakeRuns) Start(job.Options) (string, error) { r.started++; return "r", nil }
func (r *fakeRuns) Resume(string) error               { r.started++; return nil }
func (r *fakeRuns) RetryFailed(string) error          { r.started++; return nil }
func (r *fakeRuns) Headers() []job.Header             { return nil }
func (r *fakeRuns) Header(string) (job.Header, bool)  { return job.Header{}, false }
func (r *fakeRuns) Apply(relay.Event) string          { return "" }
func (r *fakeRuns) Close(context.Context) error       { return nil }

func TestOnlyNewQuestionsMayBeCached(t *testing.T) {
	w := &wire{}
	s := New(Options{Engine: w, Model: "m", Cache: true})
	w.store = s
	defer closed(t, s)
	chat := s.Snapshot().Chat.ID
	if err := s.Talk().Ask(chat, "hello"); err != nil || !w.last().Cache {
		t.Fatalf("%v, cache %v", err, w.last().Cache)
	}
	w.answer(w.last().ID, "hi")
	list := s.Talk().Messages(chat)
	if err := s.Talk().Regenerate(chat, list[len(list)-1].ID); err != nil || w.last().Cache {
		t.Errorf("another answer: %v, cache %v", err, w.last().Cache)
	}
}

func TestBudgetNoticesWarn(t *testing.T) {
	s := New(Options{})
	defer closed(t, s)
	s.Apply(relay.Event{Kind: relay.Notice, Reason: "$8 of $10"})
	if n := s.Snapshot().Notice; n.Level != Warn || n.Text != "$8 of $10" {
		t.Errorf("%+v", n)
	}
}
