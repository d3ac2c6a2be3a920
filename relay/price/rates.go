// Package price computes what an answer cost, and by which source that is known.
//
// Rules:
//
//   - Amounts are whole picodollars and rates whole attodollars a token. Decimals are read as decimals, never
//     through a float. The cost of an answer is rounded once, so that the sum of a run equals the sum of its rows.
//   - The order of trust: what the relay reports as charged, the user's table, the relay's, the vendor's list. The
//     zero price of a subscription is ignored.
//   - An unknown price is unknown, never zero. A price in a list that can't be right is unknown too, and no other list
//     is asked for it.
//   - The number of tokens that the prices of a list are for is decided once, for the whole list.
package price

import (
	"errors"
	"fmt"
	"math/big"

	"relaytop/relay"
)

// Rate is the price of one token in attodollars, 1e-18 USD: a millionth of a picodollar, so that a product of relay
// ratios stays exact over the longest prompt.
type Rate int64

const (
	perDollar = 1_000_000_000_000_000_000 // attodollars
	perPico   = 1_000_000                 // attodollars
	million   = 1_000_000                 // tokens, the unit of price lists
)

// ErrRate means that a value is not a price.
var ErrRate = errors.New("not a price")

// PerMillion returns the price of a million tokens.
func (r Rate) PerMillion() relay.Money {
	return relay.Money(r) // a million attodollars are a picodollar
}

// Rates are the prices of one model. An optional rate is nil if the list does not state it.
type Rates struct {
	Input, Output Rate
	Cached        *Rate            // input read from the provider's cache; nil: as input, and an estimate
	Write         *Rate            // input written to it; nil: as input
	Reasoning     *Rate            // nil: as output
	Call          relay.Money      // for each request, in addition to the tokens
	Tiers         []Tier           // ascending
	Services      map[string]Rates // of services with rates of their own: batches, priority, flex
	Formula       string           `json:",omitempty"` // the cost of a request; the rates are those of a short one
	Estimated     bool             // the list has several prices, and which applies is not known
}

// Tier replaces all rates for prompts of more than Above tokens.
type Tier struct {
	Above int64
	Rates Rates
}

// ByCall reports whether a request costs the same whatever its length.
func (r Rates) ByCall() bool { return r.Call > 0 && r.Input == 0 && r.Output == 0 && len(r.Tiers) == 0 }

// part is tokens with one rate. It is assumed if the list states none for them and another rate is used.
type part struct {
	what    string
	n       int64
	rate    Rate
	assumed bool
}

// parts splits a usage by its rates. call is the price of the request itself.
func (r Rates) parts(u relay.Usage) (parts [5]part, call relay.Money) {
	call = r.Call
	for _, t := range r.Tiers {
		if u.Input > t.Above {
			r = t.Rates
		}
	}
	input, output := max(u.Input, 0), max(u.Output, 0)
	cached := min(max(u.Cached, 0), input)
	write := min(max(u.CacheWrite, 0), input-cached)
	reasoning := min(max(u.Reasoning, 0), output)
	or := func(rate *Rate, other Rate) (Rate, bool) {
		if rate != nil {
			return *rate, false
		}
		return other, true
	}
	parts = [5]part{{what: "input", n: input - cached - write, rate: r.Input}, {what: "cached input", n: cached},
		{what: "cache write", n: write},
		{what: "output", n: output - reasoning, rate: r.Output}, {what: "reasoning", n: reasoning}}
	parts[1].rate, parts[1].assumed = or(r.Cached, r.Input)
	parts[1].assumed = parts[1].assumed && r.Input != 0
	parts[2].rate, _ = or(r.Write, r.Input)
	parts[4].rate, _ = or(r.Reasoning, r.Output)
	return parts, call
}

// Amount returns the cost of a usage. estimated: a rate was missing or is not certain. ok is false if the amount is
// out of the range of Money.
func (r Rates) Amount(u relay.Usage) (amount relay.Money, estimated, ok bool) {
	if r.Formula != "" {
		amount, estimated, ok = r.formulaAmount(u)
		return amount, estimated || r.Estimated, ok
	}
	parts, call := r.parts(u)
	estimated = r.Estimated
	total, ok := product(int64(call), perPico)
	for _, p := range parts {
		a, fits := p.atto()
		total, ok = total.plus(a), ok && fits
		estimated = estimated || p.assumed && p.n > 0
	}
	if ok {
		amount, ok = total.money()
	}
	return amount, estimated, ok
}

// atto is what the tokens cost. ok is false if that is out of the range of Money.
func (p part) atto() (a atto, ok bool) { return product(p.n, int64(p.rate)) }

// decimal reads a decimal number exactly.
func decimal(s string) (*big.Rat, error) {
	r, err := relay.ParseDecimal(s)
	if err != nil {
		return nil, fmt.Errorf("%w: %.64q", ErrRate, s)
	}
	return r, nil
}

// rate returns the price of one token from that of many, rounded half to even.
func rate(dollars *big.Rat, tokens int64) (Rate, error) {
	if dollars.Sign() < 0 {
		return 0, fmt.Errorf("%w: it is negative", ErrRate)
	}
	// MoneyOf rounds to 1e-12 of its argument's unit: a million dollars for each makes that 1e-18.
	m, err := relay.MoneyOf(new(big.Rat).Mul(dollars, big.NewRat(perPico, tokens)))
	if err != nil {
		return 0, fmt.Errorf("%w: it is out of range", ErrRate)
	}
	return Rate(m), nil
}

// ParseRate reads the price of a million tokens in USD.
func ParseRate(perMillion string) (Rate, error) {
	r, err := decimal(perMillion)
	if err != nil {
		return 0, err
	}
	return rate(r, million)
}
