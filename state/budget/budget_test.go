package budget

import (
	"errors"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

type ledger struct {
	sum     relay.Money
	unknown int
	err     error
}

func (l *ledger) Spent() (relay.Money, int, error) { return l.sum, l.unknown, l.err }

func settled(amount string) relay.Event {
	m, err := relay.ParseMoney(amount)
	if err != nil {
		panic(err)
	}
	return relay.Event{Kind: relay.Done, Result: &relay.Result{Cost: relay.Cost{Amount: m, Source: relay.SourceRelay}}}
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func start(t *testing.T, limit string, l Ledger) (*Day, relay.Sink, *clock, *[]string) {
	t.Helper()
	c := &clock{at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)}
	d, err := New(limit, l, c.now)
	if err != nil {
		t.Fatal(err)
	}
	var notices []string
	sink := d.Watch(func(e relay.Event) {
		if e.Kind == relay.Notice {
			notices = append(notices, e.Reason)
		}
	})
	return d, sink, c, &notices
}

func TestDay(t *testing.T) {
	d, sink, clock, notices := start(t, "1.000000000001", &ledger{sum: 500_000_000_000})
	for i, c := range []struct {
		amount  string
		open    bool
		notices int
	}{
		{"0.3", true, 0},
		{"0.000000000001", true, 1}, // 80 % of the limit, to the last digit
		{"0.199999999999", true, 1},
		{"0", true, 1},
		{"0.000000000001", false, 2},
		{"0.5", false, 2},
	} {
		sink(settled(c.amount))
		if err := d.Check(); (err == nil) != c.open || len(*notices) != c.notices {
			t.Fatalf("%d: %v, notices %q", i, err, *notices)
		}
	}
	err := d.Check()
	if !errors.Is(err, relay.ErrBudget) || !strings.Contains(err.Error(), "budget_day") ||
		!strings.Contains(err.Error(), "$1.50 of the $1.00 that") {
		t.Errorf("error %v", err)
	}
	d.Lift()
	if err := d.Check(); err != nil {
		t.Errorf("lifted: %v", err)
	}
	clock.at = clock.at.AddDate(0, 0, 1)
	if limit, spent, _ := d.Figures(); d.Check() != nil || spent != 0 || limit != 1_000_000_000_001 {
		t.Errorf("the next day begins with %s of %s", spent, limit)
	}
	sink(settled("2"))
	if d.Check() == nil || len(*notices) != 3 {
		t.Errorf("the next day: %v, notices %q", d.Check(), *notices)
	}
}

func TestOthersCount(t *testing.T) {
	l := &ledger{}
	d, sink, _, notices := start(t, "1", l)
	sink(settled("0.5"))
	l.sum = 400_000_000_000 // behind: what was just settled is not written yet
	if err := d.Refresh(); err != nil {
		t.Fatal(err)
	}
	if _, spent, _ := d.Figures(); spent != relay.USD/2 {
		t.Errorf("spent %s", spent)
	}
	l.sum = 2 * relay.USD // another process
	if err := d.Refresh(); err != nil || d.Check() == nil {
		t.Errorf("%v, %v", err, d.Check())
	}
	l.err = errors.New("disk")
	if err := d.Refresh(); !errors.Is(err, l.err) {
		t.Error(err)
	}
	if len(*notices) != 0 {
		t.Errorf("notices %q", *notices)
	}
}

func TestSpentAtTheStart(t *testing.T) {
	d, _, _, notices := start(t, "1", &ledger{sum: relay.USD})
	if d.Check() == nil || len(*notices) != 1 {
		t.Errorf("%v, notices %q", d.Check(), *notices)
	}
}

func TestNoBudget(t *testing.T) {
	d, sink, _, _ := start(t, "", &ledger{sum: 5 * relay.USD})
	sink(settled("7"))
	d.Lift()
	if limit, _, _ := d.Figures(); d != nil || d.Check() != nil || d.Refresh() != nil || limit != 0 {
		t.Error("a guard without a limit")
	}
	for _, bad := range []string{"0", "-1", "x"} {
		if _, err := New(bad, nil, nil); !errors.Is(err, ErrAmount) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestTheKnownPartOfAnUnknownCostCounts: at least that was paid.
func TestTheKnownPartOfAnUnknownCostCounts(t *testing.T) {
	d, err := New("1.00", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	sink := d.Watch(func(relay.Event) {})
	sink(relay.Event{Kind: relay.Done, Result: &relay.Result{Cost: relay.Cost{
		Source: relay.SourceUnknown,
		Part:   relay.USD / 4,
	}}})
	sink(relay.Event{Kind: relay.Done, Result: &relay.Result{Cost: relay.Cost{Source: relay.SourceUnknown}}})
	if _, spent, _ := d.Figures(); spent != relay.USD/4 {
		t.Errorf("spent %s", spent)
	}
}

// TestACostCountsBeforeItsEndIsReported: a request that is sent because another has ended finds the cost of that
// one in the budget.
func TestACostCountsBeforeItsEndIsReported(t *testing.T) {
	d, err := New("1.00", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	sink := d.Watch(func(e relay.Event) {
		switch {
		case e.Kind == relay.Notice:
			order = append(order, "notice")
		case d.Check() == nil:
			order = append(order, "open")
		default:
			order = append(order, "spent")
		}
	})
	sink(relay.Event{Kind: relay.Text})
	sink(settled("1.00"))
	if got, want := strings.Join(order, " "), "open spent notice"; got != want {
		t.Errorf("the next sink saw %q, want %q", got, want)
	}
}

// priceList knows the prices of some models, and of others once they were waited for.
type priceList struct{ known, late map[string]bool }

func (p *priceList) Priced(model string) bool { return p.known[model] }
func (p *priceList) AwaitPrice(model string)  { p.known[model] = p.late[model] }

// TestAModelWithoutAPriceIsRefusedUntilTheUserAgrees: its requests are counted beside the sum, wherever that is
// shown.
func TestAModelWithoutAPriceIsRefusedUntilTheUserAgrees(t *testing.T) {
	d, sink, clock, notices := start(t, "1", &ledger{unknown: 2})
	prices := &priceList{known: map[string]bool{"priced": true}, late: map[string]bool{"late": true}}
	d.SetPrices(prices)
	refused := func(model string) bool {
		err := d.Check("priced", model)
		var no *relay.UnpricedError
		if err != nil && (!errors.As(err, &no) || no.Model != model || !errors.Is(err, relay.ErrBudget) ||
			!strings.Contains(err.Error(), "price_file") || !strings.Contains(err.Error(), "2 requests of unknown cost")) {
			t.Errorf("%s: %v", model, err)
		}
		return err != nil
	}
	if refused("priced") || !refused("late") || !refused("none") || d.CheckPriced("none", true) != nil ||
		d.CheckPriced("none", false) == nil {
		t.Error("not only models without a price are refused")
	}
	if err := d.Refresh("late", "none"); err != nil || refused("late") || !refused("none") {
		t.Errorf("after waiting for the lists: %v", err)
	}
	d.AllowUnpriced()
	if refused("none") || d.CheckPriced("none", false) != nil {
		t.Error("the user agreed, and it is refused")
	}
	unknown := relay.Event{Kind: relay.Done, Result: &relay.Result{Cost: relay.Cost{Source: relay.SourceUnknown}}}
	sink(unknown)
	if _, _, n := d.Figures(); n != 3 {
		t.Errorf("%d requests of unknown cost", n)
	}
	sink(settled("0.8"))
	if len(*notices) != 1 || !strings.Contains((*notices)[0], "besides 3 requests of unknown cost") {
		t.Errorf("notices %q", *notices)
	}
	sink(settled("0.2"))
	if err := d.Check("none"); err == nil || !strings.Contains(err.Error(), "3 requests of unknown cost") {
		t.Errorf("spent: %v", err)
	}
	clock.at = clock.at.AddDate(0, 0, 1)
	if d.Check("none") == nil {
		t.Error("the agreement outlives the day")
	}
}
