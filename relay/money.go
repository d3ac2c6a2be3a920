package relay

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Money is an amount in picodollars, 1e-12 USD: exact to the last token of the cheapest model. It is never a float
// before it is formatted. The range is +-9.2 million USD.
type Money int64

// USD is one dollar.
const USD Money = 1_000_000_000_000

// ErrMoney says that a text is not an amount, or out of range.
var ErrMoney = errors.New("not an amount of money")

// A decimal number has at most maxDecimal characters. Exponents beyond maxExponent count as that: with so few digits
// the number is out of range or rounds to 0 either way.
const (
	maxDecimal  = 400
	maxExponent = 1000
)

// ParseMoney reads a decimal number of US dollars, an exponent allowed, never through a float. Fractions
// of a picodollar are rounded half to even.
func ParseMoney(s string) (Money, error) {
	r, err := ParseDecimal(s)
	if err != nil {
		return 0, err
	}
	return MoneyOf(r)
}

// ParseDecimal reads a decimal number of at most 400 characters as it is written, with any exponent: 1.2e-005 too.
// An exponent beyond 1000 counts as 1000.
func ParseDecimal(s string) (*big.Rat, error) {
	bad := fmt.Errorf("%w: %.64q", ErrMoney, s)
	if len(s) > maxDecimal || strings.Trim(s, "0123456789.eE+-") != "" {
		return nil, bad
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return nil, bad
		}
		s = fmt.Sprintf("%se%d", s[:i], min(max(e, -maxExponent), maxExponent))
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, bad
	}
	return r, nil
}

// MoneyOf rounds an exact number of US dollars to picodollars, half to even.
func MoneyOf(r *big.Rat) (Money, error) {
	n := new(big.Int).Mul(r.Num(), big.NewInt(int64(USD)))
	q, m := new(big.Int).DivMod(n, r.Denom(), new(big.Int))
	switch m.Lsh(m, 1).Cmp(r.Denom()) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, new(big.Int).And(q, big.NewInt(1)))
	}
	if !q.IsInt64() {
		return 0, fmt.Errorf("%w: out of range", ErrMoney)
	}
	return Money(q.Int64()), nil
}

// String is the exact decimal number of dollars, without a sign for the currency, an exponent or trailing zeros
// beyond the sixth place: the form that JSON output uses.
func (m Money) String() string {
	neg := ""
	u := uint64(m)
	if m < 0 {
		neg, u = "-", -u
	}
	frac := fmt.Sprintf("%012d", u%uint64(USD))
	for len(frac) > 6 && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	return fmt.Sprintf("%s%d.%s", neg, u/uint64(USD), frac)
}

// Source says how an amount is known.
type Source string

// The sources, in the order of trust.
const (
	SourceCache     Source = "cache"     // an answer already paid for: 0, whatever the prices are
	SourceReported  Source = "reported"  // usage.cost in the answer
	SourceHeader    Source = "header"    // x-litellm-response-cost
	SourceUser      Source = "user"      // the user's price file
	SourceRelay     Source = "relay"     // the relay's own price list, live or built in
	SourceList      Source = "list"      // the vendor's list price
	SourceEstimated Source = "estimated" // a token count was estimated
	SourceSim       Source = "sim"       // the simulated relay: no real money
	SourceUnknown   Source = "unknown"
)

// Sources lists the sources in the order of trust, the most trusted first.
func Sources() []Source {
	return []Source{SourceCache, SourceReported, SourceHeader, SourceUser, SourceRelay, SourceList, SourceEstimated,
		SourceSim, SourceUnknown}
}

// LessTrusted returns the one of two sources that is trusted less: a sum is known as well as its weakest part. An
// answer from the cache adds exactly 0, so it never makes a sum less certain. "" is the source of an empty sum, and
// more trusted than any.
func LessTrusted(a, b Source) Source {
	if all := Sources(); slices.Index(all, b) > slices.Index(all, a) {
		return b
	}
	return a
}

// Cost is what a request cost and how we know. If Source is unknown, Amount means nothing and is never shown as zero.
type Cost struct {
	Amount    Money
	Source    Source
	Estimated bool  // a token count or a rate behind it was estimated: shown with ~
	List      Money // the same usage at the vendor's list price
	ListKnown bool
	AsOf      string // date of the price table, where it has one
	Part      Money  `json:",omitempty"` // of an unknown cost: what earlier attempts are known to have cost
	Bill      *Bill  `json:",omitempty"` // how the amount was found; nil: not known
}

// Forecast returns what a request to a model will cost with the given tokens; false: no price is known.
type Forecast func(model string, input, output int64) (Cost, bool)

// Bill says how an amount was found. It must not be changed.
type Bill struct {
	From     string     `json:"from"`            // in words: the list, field or header that it was taken from
	Tried    []string   `json:"tried,omitempty"` // in words: the sources that were asked first and had none
	Model    string     `json:"model,omitempty"` // whose rates they are
	Lines    []BillLine `json:"lines,omitempty"` // none where the amount came as a whole
	ListAsOf string     `json:"list_as_of,omitempty"`
}

// BillLine is tokens at one rate.
type BillLine struct {
	What    string `json:"what"` // input, cached input, cache write, output, reasoning, or the request itself
	Tokens  int64  `json:"tokens,omitempty"`
	Rate    Money  `json:"rate,omitempty"` // per million tokens
	Amount  Money  `json:"amount"`         // rounded to picodollars: the sum, rounded once, may differ
	Assumed bool   `json:"assumed,omitempty"`
}

// Known reports whether there is an amount.
func (c Cost) Known() bool { return c.Source != "" && c.Source != SourceUnknown }

// Settled is the amount, or, if that is unknown, the part that is known: at least that much was paid.
func (c Cost) Settled() Money {
	if !c.Known() {
		return c.Part
	}
	return c.Amount
}

// ShownSource is the source to show with the amount: an estimated amount is estimated whichever list it is based on,
// and the demo's is always simulated.
func (c Cost) ShownSource() Source {
	switch {
	case !c.Known():
		return SourceUnknown
	case c.Estimated && c.Source != SourceSim:
		return SourceEstimated
	}
	return c.Source
}

// Saved is list minus paid. False where either is not known; it may be negative.
func (c Cost) Saved() (Money, bool) {
	if !c.Known() || !c.ListKnown || c.Source == SourceSim {
		return 0, false
	}
	return c.List - c.Amount, true
}
