// Package budget keeps the cost of a day within a limit. Rules:
//
//   - Only settled amounts count. Requests in flight when the budget is spent run to their end: the excess is at most
//     their cost.
//   - A day is the local date on which a request ended, as in the ledger. At midnight a new one begins.
//   - Only New and Refresh read the ledger; nothing else waits for the disk.
//   - What a request will cost has to be known: a model without a price is refused until the user agrees. Requests
//     whose cost is unknown nevertheless are counted beside the sum.
//   - A nil *Day is no budget: it allows everything.
package budget

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
)

// Ledger returns the settled sum of today's requests that are written, and how many have an unknown cost.
type Ledger interface {
	Spent() (sum relay.Money, unknown int, err error)
}

// Prices says whether the price of a model is known.
type Prices interface {
	Priced(model string) bool // by the lists known now
	AwaitPrice(model string)  // waits a few seconds for a list that may have it
}

// Day guards the budget of the current day. It may be used from any goroutine.
type Day struct {
	limit  relay.Money
	ledger Ledger
	now    func() time.Time

	mu      sync.Mutex
	prices  Prices
	date    string
	spent   relay.Money
	unknown int // requests of unknown cost
	warned  int // percent of the last notice
	lifted  bool
	blind   bool // the user agreed to models without a price
}

// ErrAmount means that a budget is not an amount above zero.
var ErrAmount = errors.New("a day's budget is an amount of US dollars above 0")

// New returns the guard of a daily limit in US dollars, nil for "". Today's costs in the ledger count. It fails if
// they can't be read.
func New(limit string, ledger Ledger, now func() time.Time) (*Day, error) {
	if limit == "" {
		return nil, nil
	}
	m, err := relay.ParseMoney(limit)
	if err != nil || m <= 0 {
		return nil, fmt.Errorf("%w, not %.40q", ErrAmount, limit)
	}
	if now == nil {
		now = time.Now
	}
	d := &Day{limit: m, ledger: ledger, now: now}
	return d, d.Refresh()
}

// SetPrices sets who knows the prices of models; without one, none is asked for.
func (d *Day) SetPrices(p Prices) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.prices = p
}

// Refresh reads from the ledger what other processes have spent, and waits for the prices of models. It waits for the
// disk, and for a relay for a few seconds.
func (d *Day) Refresh(models ...string) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	prices := d.prices
	d.mu.Unlock()
	if prices != nil {
		for _, model := range models {
			if !prices.Priced(model) {
				prices.AwaitPrice(model)
			}
		}
	}
	if d.ledger == nil {
		return nil
	}
	date := d.today()
	sum, unknown, err := d.ledger.Spent()
	if err != nil {
		return fmt.Errorf("counting what was spent today: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.turn(); d.date == date { // else the date changed meanwhile
		// what this process settled a moment ago may not be written yet
		d.spent, d.unknown = max(d.spent, sum), max(d.unknown, unknown)
	}
	return nil
}

// Check is nil while the day's budget is not spent and the prices of the models are known. The error is
// relay.ErrBudget, a *relay.UnpricedError for a price, and says what can be done. It never waits.
func (d *Day) Check(models ...string) error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	if d.lifted {
		return nil
	}
	if d.spent >= d.limit {
		return fmt.Errorf("%w: %s that budget_day allows; raise budget_day in the config, or go on tomorrow",
			relay.ErrBudget, d.figures())
	}
	if d.prices == nil || d.blind {
		return nil
	}
	for _, model := range models {
		if !d.prices.Priced(model) {
			return d.unpriced(model)
		}
	}
	return nil
}

// CheckPriced is Check for one model whose price is known to the caller, or known not to be.
func (d *Day) CheckPriced(model string, priced bool) error {
	if err := d.Check(); err != nil || priced || d == nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lifted || d.blind {
		return nil
	}
	return d.unpriced(model)
}

// unpriced is the error for a model without a price. The lock is held.
func (d *Day) unpriced(model string) error {
	return &relay.UnpricedError{Model: model, Limit: fmt.Sprintf("budget_day (%s)", d.figures())}
}

// figures is what is spent of the limit, in words, with what is unknown beside it. The lock is held.
func (d *Day) figures() string {
	s := fmt.Sprintf("%s of the %s", d.spent.Dollars(), d.limit.Dollars())
	if d.unknown > 0 {
		s = fmt.Sprintf("%s and %s of unknown cost, of the %s", d.spent.Dollars(), relay.Counted(d.unknown, "request"),
			d.limit.Dollars())
	}
	return s
}

// AllowUnpriced lets requests to models without a price pass for the rest of the day, after the user has agreed.
func (d *Day) AllowUnpriced() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	d.blind = true
}

// Lift removes the limit for the rest of the day, after the user has agreed.
func (d *Day) Lift() {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	d.lifted = true
}

// Figures returns the limit, what was settled today, and how many requests of today have an unknown cost. A limit of
// 0 means no limit.
func (d *Day) Figures() (limit, spent relay.Money, unknown int) {
	if d == nil {
		return 0, 0, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	return d.limit, d.spent, d.unknown
}

// Watch returns a sink that counts settled costs and passes all events on to next. A cost is counted before next gets
// its event. A Notice follows when 80 % or 100 % is reached; if that is so already, one is sent at once.
func (d *Day) Watch(next relay.Sink) relay.Sink {
	if d == nil {
		return next
	}
	if notice, reached := d.add(&relay.Cost{Source: relay.SourceCache}); reached {
		next(notice)
	}
	return func(e relay.Event) {
		if e.Kind != relay.Done || e.Result == nil || e.Result.Cost.Source == "" {
			next(e)
			return
		}
		notice, reached := d.add(&e.Result.Cost)
		next(e)
		if reached {
			next(notice)
		}
	}
}

// add counts an amount. It returns a Notice if the sum has reached 80 % or 100 % of the limit for the first time
// today.
func (d *Day) add(c *relay.Cost) (notice relay.Event, reached bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	d.spent += c.Settled()
	if !c.Known() {
		d.unknown++
	}
	before := d.warned
	for _, percent := range []int{80, 100} {
		if d.spent >= share(d.limit, percent) {
			d.warned = max(d.warned, percent)
		}
	}
	if d.warned == before {
		return relay.Event{}, false
	}
	then := "more than 80 %"
	if d.warned == 100 {
		then = "nothing more is sent"
	}
	beside := ""
	if d.unknown > 0 {
		beside = fmt.Sprintf(", besides %s of unknown cost", relay.Counted(d.unknown, "request"))
	}
	reason := fmt.Sprintf("%s of today's budget of %s is spent%s: %s", d.spent.Dollars(), d.limit.Dollars(), beside, then)
	return relay.Event{Kind: relay.Notice, At: d.now(), Reason: reason}, true
}

// share returns percent of an amount, rounded up.
func share(m relay.Money, percent int) relay.Money {
	p := relay.Money(percent)
	return m/100*p + (m%100*p+99)/100
}

// turn starts a new day if the date has changed. Called under the lock.
func (d *Day) turn() {
	if date := d.today(); date != d.date {
		d.date, d.spent, d.unknown, d.warned, d.lifted, d.blind = date, 0, 0, 0, false, false
	}
}

func (d *Day) today() string { return d.now().Local().Format(time.DateOnly) }
