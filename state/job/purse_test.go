package job

import (
	"strings"
	"testing"

	"relaytop/relay"
)

func TestPurseHoldsItsLimit(t *testing.T) {
	p := purse{limit: 100}
	if !p.covers(60) {
		t.Fatal("an empty purse does not cover a row")
	}
	p.reserve(60)
	if p.covers(50) || !p.short {
		t.Error("60 reserved and 50 more are within 100")
	}
	p.correct(60, 30) // it cost less
	if !p.covers(70) || p.short {
		t.Error("30 reserved and 70 more are not within 100")
	}
	p.spend(30)
	p.release(30)
	if p.spent != 30 || p.reserved != 0 || p.dearest != 30 {
		t.Errorf("%+v", p)
	}
	if p.covers(71) {
		t.Error("30 spent and 71 more are within 100")
	}
	p.limit = 0
	if !p.covers(1 << 40) {
		t.Error("a purse without a limit refuses")
	}
}

// TestPurseCountsWhatARowCostMoreThanItsReserve: once the row ends, before its record is durable.
func TestPurseCountsWhatARowCostMoreThanItsReserve(t *testing.T) {
	p := purse{limit: 100}
	p.reserve(10)
	p.correct(10, 95)
	if p.covers(10) || p.over() {
		t.Error("95 owed: 10 more are not within 100, but 95 are")
	}
	p.reserve(5)
	if p.over() {
		t.Error("100 owed are not within 100")
	}
	p.reserve(5)
	if !p.over() {
		t.Error("105 owed are within 100")
	}
	p.release(10)
	p.release(95)
	if p.short || p.reserved != 0 {
		t.Errorf("%+v", p)
	}
}

func TestPurseForecastsFromFiveRowsOn(t *testing.T) {
	var p purse
	for i := range 100 {
		if low, high := p.forecast(10); i < 5 && (low != 0 || high != 0) {
			t.Errorf("after %d rows it says %d to %d", i, low, high)
		}
		p.spend(relay.Money(900 + 2*i))
	}
	low, high := p.forecast(100)
	if low < p.spent+50_000 || high > p.spent+130_000 || low > high {
		t.Errorf("%d to %d, with %d spent", low, high, p.spent)
	}
}

// TestTheMostThatARowCosts: the estimate of the input may be a quarter too low, and an answer may be as long as it may.
func TestTheMostThatARowCosts(t *testing.T) {
	prices := map[string][2]relay.Money{"a": {2, 10}, "free": {}} // of a token of input and of output
	r := &run{book: &Book{}}
	r.purse.dearest = 7
	cost := func(model string, in, out int64) (relay.Cost, bool) {
		p, known := prices[model]
		return relay.Cost{Amount: p[0]*relay.Money(in) + p[1]*relay.Money(out)}, known
	}
	for _, c := range []struct {
		model   string
		in, out int64
		price   relay.Forecast
		want    relay.Money
	}{
		{"a", 1000, 50, cost, 1250*2 + 50*10},
		{"a", 1000, 0, cost, 1250*2 + unboundedOutput*10},
		{"free", 1000, 50, cost, 0},
		{"unknown", 1000, 50, cost, 7},
		{"a", 1000, 50, nil, 7},
	} {
		r.book.prices.forecast = c.price
		if got := r.worst(c.model, c.in, c.out); got != c.want {
			t.Errorf("%s, %d in, %d out: %d, want %d", c.model, c.in, c.out, got, c.want)
		}
	}
}

// TestTheNextBudget: a run that its budget stopped says the least that sends another row, and that is enough.
func TestTheNextBudget(t *testing.T) {
	dir := t.TempDir()
	f := newFake(echo)
	b := open(t, dir, f, func(c *Config) {
		c.Price = func(_ string, in, out int64) (relay.Cost, bool) {
			return relay.Cost{Amount: relay.Money(in + out)}, true
		}
	})
	in := file(t, dir, "in.txt", prompts(3))
	id := start(t, b, Options{Input: in, Budget: 1, Concurrency: 1})
	h := wait(t, b, id)
	if h.Stopped != StopBudget || h.NextBudget <= 1 || !strings.Contains(h.Reason, h.NextBudget.String()) {
		t.Fatalf("%+v", h)
	}
	p, err := b.Preflight(t.Context(), Options{Input: in, Force: true})
	if err != nil || p.RowMax != h.NextBudget {
		t.Errorf("a row reserves %v, the plan says %v (%v)", h.NextBudget, p.RowMax, err)
	}
	for _, c := range []struct {
		less relay.Money
		sent int
	}{{1, 0}, {0, 1}} {
		start(t, b, Options{Resume: id, Budget: h.NextBudget - c.less})
		if now := wait(t, b, id); now.Stopped != StopBudget || f.count() < c.sent || c.sent == 0 && f.count() > 0 {
			t.Errorf("%d less: %d sent, want %d: %+v", c.less, f.count(), c.sent, now)
		}
	}
}
