package price

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"relaytop/relay"
)

// published is a relay's price list, how long the relay takes to answer, and how often it was asked.
type published struct {
	doc   string
	err   error
	takes time.Duration
	asked int
}

func (p *published) PriceList(ctx context.Context) ([]byte, error) {
	p.asked++
	select {
	case <-time.After(p.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p.err != nil || p.doc == "" {
		return nil, p.err
	}
	return []byte(p.doc), nil
}

// memoryStore is a relay.Store in memory.
type memoryStore map[string]struct {
	value []byte
	saved time.Time
}

func (d memoryStore) Load(kind, key string) ([]byte, time.Time, bool) {
	v, ok := d[kind+"/"+key]
	return v.value, v.saved, ok
}

func (d memoryStore) Save(kind, key string, value []byte) error {
	d[kind+"/"+key] = struct {
		value []byte
		saved time.Time
	}{value, time.Now()}
	return nil
}

const inModels = `{"data":[{"id":"gpt-4o","pricing":{"prompt":"0.000005","completion":"0.00002"}}]}`

func TestLivePrices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, from := memoryStore{}, &published{doc: inModels}
		e := relay.Endpoint{Name: "r", BaseURL: "http://127.0.0.1/v1"}
		open := func() *Book {
			b := New()
			b.Follow(e, from, store, 24*time.Hour)
			return b
		}
		check := func(b *Book, input, asOf string, source relay.Source, asked int) {
			t.Helper()
			r, from2, date, ok := b.Rates(e, "gpt-4o")
			if !ok || r.Input.PerMillion().String() != input || date != asOf || from2 != source || from.asked != asked {
				t.Fatalf("%s from %s of %s, asked %d times", r.Input.PerMillion(), from2, date, from.asked)
			}
		}
		refresh := func(b *Book) {
			t.Helper()
			if err := b.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b := open()
		check(b, "2.500000", snapshotDate, relay.SourceList, 0)
		refresh(b)
		check(b, "5.000000", "2000-01-01", relay.SourceRelay, 1)
		refresh(b)
		pass(12 * time.Hour)
		b = open() // another run of the program knows it at once
		check(b, "5.000000", "2000-01-01", relay.SourceRelay, 1)
		refresh(b)
		check(b, "5.000000", "2000-01-01", relay.SourceRelay, 1)
		pass(13 * time.Hour)
		from.err = errors.New("gone")
		if err := b.Refresh(t.Context()); !errors.Is(err, from.err) {
			t.Fatal(err)
		}
		check(b, "5.000000", "2000-01-01", relay.SourceRelay, 2) // old, with its date
		from.err, from.doc = nil, ""
		refresh(b)
		check(b, "2.500000", snapshotDate, relay.SourceList, 3)
		refresh(open()) // an empty list is remembered too
		check(b, "2.500000", snapshotDate, relay.SourceList, 3)
		e.BaseURL = "http://127.0.0.1/other"
		check(open(), "2.500000", snapshotDate, relay.SourceList, 3)
	})
}

// TestAnAmountAsksForTheListItDependsOn: the first command on a fresh folder must not be priced by the vendor's
// list where the relay has its own.
func TestAnAmountAsksForTheListItDependsOn(t *testing.T) {
	e := relay.Endpoint{Name: "r", BaseURL: "http://127.0.0.1/v1"}
	reply := func() *relay.Reply { return &relay.Reply{Usage: &relay.Usage{Input: 1000, Output: 500}} }
	reported := reply()
	reported.Reported = new(relay.Money)
	for name, c := range map[string]struct {
		from   published
		reply  *relay.Reply
		user   bool
		amount string
		source relay.Source
		took   time.Duration
		asked  int // by ten amounts, and by ten more a minute later
	}{
		"a list": {published{doc: inModels, takes: time.Second}, reply(), false, "0.015", relay.SourceRelay,
			time.Second, 1},
		"none":            {published{takes: time.Second}, reply(), false, "0.0075", relay.SourceList, time.Second, 1},
		"no answer":       {published{takes: time.Hour}, reply(), false, "0.0075", relay.SourceList, priceWithin, 2},
		"an error":        {published{err: errors.New("gone")}, reply(), false, "0.0075", relay.SourceList, 0, 2},
		"the user's":      {published{doc: inModels}, reply(), true, "0.0015", relay.SourceUser, 0, 0},
		"what it reports": {published{doc: inModels}, reported, false, "0", relay.SourceReported, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, from := New(), c.from
				b.Follow(e, &from, memoryStore{}, 24*time.Hour)
				if one := Rate(perDollar / million); c.user {
					b.SetUser(Table{Models: map[string]Rates{"gpt-4o": {Input: one, Output: one}}})
				}
				for range 2 {
					began := time.Now()
					var all sync.WaitGroup
					for range 10 {
						all.Go(func() {
							cost := b.Cost(e, "gpt-4o", c.reply)
							want, _ := relay.ParseMoney(c.amount)
							if cost.Amount != want || cost.Source != c.source {
								t.Errorf("%s %s", cost.Amount, cost.Source)
							}
						})
					}
					all.Wait()
					if took := time.Since(began); took > c.took {
						t.Errorf("waited %s", took)
					}
					began = time.Now()
					if b.Cost(e, "gpt-4o", c.reply); time.Since(began) != 0 {
						t.Error("waits again")
					}
					pass(time.Minute)
				}
				if from.asked != c.asked {
					t.Errorf("asked %d times, want %d", from.asked, c.asked)
				}
			})
		})
	}
}

// TestKeptPricesAreComplete: a list from the store equals the one saved, tiers and services included.
func TestKeptPricesAreComplete(t *testing.T) {
	before, err := parseLiteLLM([]byte(`{"g":{"input_cost_per_token":1.5e-12,"output_cost_per_token":2e-6,
		"cache_read_input_token_cost":1e-7,"input_cost_per_token_above_200k_tokens":3e-6,
		"input_cost_per_token_batches":5e-7,"output_cost_per_token_batches":1e-6}}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(before)
	var after Table
	if err != nil || json.Unmarshal(raw, &after) != nil {
		t.Fatal(err)
	}
	for _, u := range []relay.Usage{{Input: 7, Cached: 3, Output: 1}, {Input: 300_000, Output: 5}} {
		for service, r := range map[string][2]Rates{
			"":        {before.Models["g"], after.Models["g"]},
			"batches": {before.Models["g"].Services["batches"], after.Models["g"].Services["batches"]},
		} {
			x, _, _ := r[0].Amount(u)
			y, _, _ := r[1].Amount(u)
			if x != y || x == 0 {
				t.Errorf("%+v %s: %s, then %s", u, service, x, y)
			}
		}
	}
}

func TestReadUser(t *testing.T) {
	b := New()
	if err := b.ReadUser(""); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "prices")
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"toml": {"as_of = '2026-10-01'\n[gpt-4o]\ninput = 1\noutput = 2\n", 0},
		"a LiteLLM list": {"\xef\xbb\xbf\n{\"gpt-4o\":{\"input_cost_per_token\":1e-6,\"output_cost_per_token\":2e-6}}",
			0},
		"a word":             {"\n# ours\n[m]\ninput = 1\noutput = \"much\"\n", 5},
		"an unknown key":     {"[a]\ninput = 1\noutput = 1\n[m]\ninput = 1\nout = 1\noutput = 1", 6},
		"half":               {"[a]\ninput = 1\noutput = 1\n[m]\n\ninput = 1\n", 6},
		"no model":           {"input = 1\noutput = 1\n", 1},
		"broken toml":        {"[m]\ninput = 1\noutput = = 1\n", 3},
		"yuan":               {"[m]\ninput = 1\ncurrency = 'CNY'\noutput = 1", 3},
		"yuan for nothing":   {"currency = 'CNY'\nusd = 0\n[m]\ninput = 1\noutput = 1", 2},
		"yuan at 0.0":        {"[m]\ninput = 1\noutput = 1\ncurrency = 'CNY'\nusd = '0.0e5'", 5},
		"yuan for less":      {"[m]\ninput = 1\noutput = 1\ncurrency = 'CNY'\nusd = -0.14", 5},
		"dollars at nothing": {"usd = 0\n[m]\ninput = 1\noutput = 1", 1},
		"broken JSON":        {"\n{\"m\":\n{\"input_cost_per_token\":1e-6,]}}", 3},
		"JSON that breaks":   {"{\"m\":\n{\"input_cost_per_token\":1e-6,\n", 3},
		"another inline one": {"a = {input = 1, output = 1}\nb = {input = 1,\n outputs = 1}", 3},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := b.ReadUser(path)
		if c.line == 0 {
			if r, source, _, ok := b.Rates(relay.Endpoint{}, "gpt-4o"); err != nil || !ok || source != relay.SourceUser ||
				r.Input.PerMillion() != relay.USD {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil && strings.Contains(c.text, "usd = ") && !strings.Contains(err.Error(), "above 0") {
			t.Errorf("%s does not say what is valid: %v", name, err)
		}
		var e *Error
		if !errors.As(err, &e) || e.File != path || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: %v", name, err)
		} else if e.Line != c.line {
			t.Errorf("%s: line %d, want %d: %v", name, e.Line, c.line, err)
		}
	}
	for _, bad := range []string{filepath.Dir(path), path + ".missing"} {
		var e *Error
		if err := b.ReadUser(bad); !errors.As(err, &e) || strings.Count(err.Error(), bad) != 1 {
			t.Errorf("%v", err)
		}
	}
}

// TestTheReadmesPriceFile reads the example that people copy. It must have every key.
func TestTheReadmesPriceFile(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(readme), "    # prices.toml")
	text, _, _ = strings.Cut(text, "\n\n")
	if !ok {
		t.Fatal("the README shows no price file")
	}
	for _, key := range []string{"input", "output", "cached", "cache_write", "reasoning", "call", "currency",
		"usd", "as_of"} {
		if !strings.Contains(text, key) {
			t.Errorf("the README does not name %s", key)
		}
	}
	table, err := Parse([]byte(strings.ReplaceAll("    #"+text, "\n    ", "\n")))
	if r := table.Models["gpt-4.1"]; err != nil || r.Input.PerMillion().String() != "2.016000" || table.AsOf == "" {
		t.Errorf("%+v %v", table, err)
	}
}

// pass lets the clock of a synctest bubble run on.
func pass(d time.Duration) { <-time.After(d) }
