// Package budget keeps the cost of a day within a limit. Rules:
//
//   - Only settled amounts count. Requests in flight when the budget is spent run to their end: the excess is at most
//     their cost.
//   - A day is the local date on which a request ended, as in the ledger. At midnight a new one begins.
//   - Only New and Refresh read the ledger; nothing else waits for the disk.
//   - A nil *Day is no budget: it allows everything.
package budget

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"relaytop/relay"
)

// Ledger returns the settled sum of today's requests that are written.
type Ledger interface {
	Spent() (relay.Money, error)
}

// Day guards the budget of the current day. It may be used from any goroutine.
type Day struct {
	limit  relay.Money
	ledger Ledger
	now    func() time.Time

	mu     sync.Mutex
	date   string
	spent  relay.Money
	warned int // percent of the last notice
	lifted bool
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

// Refresh reads from the ledger what other processes have spent. It waits for the disk.
func (d *Day) Refresh() error {
	if d == nil || d.ledger == nil {
		return nil
	}
	date := d.today()
	sum, err := d.ledger.Spent()
	if err != nil {
		return fmt.Errorf("counting what was spent today: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.turn(); d.date == date { // else the date changed meanwhile
		d.spent = max(d.spent, sum) // what this process settled a moment ago may not be written yet
	}
	return nil
}

// Check is nil while the day's budget is not spent. The error is relay.ErrBudget and says what can be done.
func (d *Day) Check() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.turn(); d.lifted || d.spent < d.limit {
		return nil
	}
	return fmt.Errorf("%w: $%s of the $%s that budget_day allows; raise budget_day in the config, or go on tomorrow",
		relay.ErrBudget, d.spent, d.limit)
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

// Figures returns the limit and what was settled today. A limit of 0 means no limit.
func (d *Day) Figures() (limit, spent relay.Money) {
	if d == nil {
		return 0, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	return d.limit, d.spent
}

// Watch returns a sink that counts settled costs and passes all events on to next. A cost is counted before next gets
// its event. A Notice follows when 80 % or 100 % is reached; if that is so already, one is sent at once.
func (d *Day) Watch(next relay.Sink) relay.Sink {
	if d == nil {
		return next
	}
	if notice, reached := d.add(0); reached {
		next(notice)
	}
	return func(e relay.Event) {
		if e.Kind != relay.Done || e.Result == nil || e.Result.Cost.Source == "" {
			next(e)
			return
		}
		notice, reached := d.add(e.Result.Cost.Settled())
		next(e)
		if reached {
			next(notice)
		}
	}
}

// add counts an amount. It returns a Notice if the sum has reached 80 % or 100 % of the limit for the first time
// today.
func (d *Day) add(m relay.Money) (notice relay.Event, reached bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turn()
	d.spent += m
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
	reason := fmt.Sprintf("$%s of today's budget of $%s is spent: %s", d.spent, d.limit, then)
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
		d.date, d.spent, d.warned, d.lifted = date, 0, 0, false
	}
}

func (d *Day) today() string { return d.now().Local().Format(time.DateOnly) }
