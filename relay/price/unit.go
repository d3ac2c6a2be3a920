package price

import (
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"relaytop/relay"
)

// The bounds of a price of one token in attodollars. No model costs $2,000 a million tokens, and none that is not
// free costs less than $0.0001: a price outside them is for another number of tokens than the list is read for.
const (
	dearest  Rate = 2000 * (perDollar / million)
	cheapest Rate = perDollar / million / 10_000
)

// turnAt is the median from which on the prices of a list are for a million tokens, in USD: as the price of one token
// it is $1,000 a million.
var turnAt = big.NewRat(1, 1000)

// leastMedian is what half of the prices of a list for a million tokens reach: one below it is for a thousand, or for
// another number that the list does not state.
var leastMedian = big.NewRat(2, 100)

// varies is why a price that a list states as -1 is unknown. It is no fault of the list.
const varies = "differs from request to request: the list states -1"

// unit is how many tokens the prices of a list are for, and how that is known.
type unit struct {
	tokens int64
	note   string // in words, if the format alone does not say so; "": it does
	doubt  string // why no price of the list can be used; "": they can
}

// listUnit decides the unit once for a list of prices per token. said are the units that the fields beside the prices
// state, with how often; prices are its positive prices of input and output.
func listUnit(said map[int64]int, prices []*big.Rat) unit {
	best := int64(0)
	for _, tokens := range slices.Sorted(maps.Keys(said)) {
		if best == 0 || said[tokens] > said[best] {
			best = tokens
		}
	}
	switch {
	case best == 1:
		return unit{tokens: 1}
	case best > 1:
		return unit{tokens: best,
			note: fmt.Sprintf("the prices are for %d tokens, as the fields beside them say", best)}
	case len(prices) == 0:
		return unit{tokens: 1}
	}
	slices.SortFunc(prices, (*big.Rat).Cmp)
	switch median := prices[len(prices)/2]; {
	case median.Cmp(turnAt) > 0 && median.Cmp(leastMedian) < 0:
		return unit{tokens: million, doubt: fmt.Sprintf("is in a list whose unit is not known: half of its prices are $%s "+
			"or more, too much for a token and too little for a million", median.FloatString(4))}
	case median.Cmp(turnAt) > 0:
		return unit{tokens: million, note: fmt.Sprintf("the prices are read as USD for a million tokens: half of them are "+
			"$%s or more, which is no price of one token", median.FloatString(4))}
	}
	return unit{tokens: 1}
}

var (
	millionWord  = regexp.MustCompile(`(?i)million|mtok|(^|[^a-z0-9])1?m([^a-z]|$)|1[,_]?000[,_]?000|1e6|10\^6`)
	thousandWord = regexp.MustCompile(`(?i)thousand|ktok|(^|[^a-z0-9])1?k([^a-z]|$)|1[,_]?000([^,_0]|$)|1e3`)
	oneWord      = regexp.MustCompile(`(?i)token`)
)

// unitWord reads the text of a field about the unit of prices; 0: it says nothing.
func unitWord(v any) int64 {
	s := ""
	switch v := v.(type) {
	case string:
		s = v
	case fmt.Stringer: // a number
		s = v.String()
	}
	switch {
	case millionWord.MatchString(s):
		return million
	case thousandWord.MatchString(s):
		return 1000
	case oneWord.MatchString(s):
		return 1
	}
	return 0
}

// statedUnits counts the units that the fields of an entry of a list state. price is what it states for input.
func statedUnits(said map[int64]int, fields map[string]any, price *big.Rat) {
	for key, v := range fields {
		name := strings.ToLower(key)
		if strings.Contains(name, "unit") || name == "per" || name == "per_tokens" || name == "basis" {
			if tokens := unitWord(v); tokens > 0 {
				said[tokens]++
			}
			continue
		}
		inner, _ := v.(map[string]any)
		if name == "price" && inner != nil { // {"input": {"usd": 0.28}} is for a million
			in, _ := inner["input"].(map[string]any)
			compare(said, price, number(in["usd"]))
		}
		if named := million == nameUnit(name); named && strings.Contains(name, "in") {
			compare(said, price, number(v))
		}
	}
}

// nameUnit is the unit that the name of a field states, such as input_price_per_million; 0: none.
func nameUnit(name string) int64 {
	if strings.Contains(name, "per_m") || strings.Contains(name, "per_1m") || strings.HasSuffix(name, "_1m") {
		return million
	}
	return 0
}

// compare counts what a price for a million tokens says about the same price in an unknown unit.
func compare(said map[int64]int, price, perMillion *big.Rat) {
	if price == nil || perMillion == nil || perMillion.Sign() <= 0 {
		return
	}
	for _, tokens := range []int64{1, 1000, million} {
		if new(big.Rat).Mul(perMillion, big.NewRat(tokens, million)).Cmp(price) == 0 {
			said[tokens]++
		}
	}
}

// entry reads the prices of one model in the unit of its list. It keeps the first that can't be a price of a token.
type entry struct {
	fields map[string]any
	unit   int64
	wrong  string // in words
}

// rate returns the price of one token under the first key that the entry has; nil: it has none, or it is negative.
func (e *entry) rate(keys ...string) *Rate {
	for _, key := range keys {
		d := number(e.fields[key])
		if d == nil || d.Sign() < 0 {
			continue
		}
		r, err := rate(d, e.unit)
		if why := absurd(r, err, e.unit > 1); why != "" && e.wrong == "" {
			e.wrong = key + why
		}
		if err == nil {
			return &r
		}
	}
	return nil
}

// absurd says why a rate can't be a price of a token; "": it can. A low one is absurd where prices are for many
// tokens.
func absurd(r Rate, err error, low bool) string {
	switch {
	case err != nil:
		return " is far above $2,000 a million tokens"
	case r > dearest:
		return " is " + r.PerMillion().Price() + " a million tokens"
	case low && r > 0 && r < cheapest:
		return " is less than $0.0001 a million tokens"
	}
	return ""
}

// maxNamed is how many models a note names.
const maxNamed = 3

// add stores the prices of a model, or why it has none: then no other list is asked for it.
func (t *Table) add(model string, r Rates, wrong string) {
	if wrong == "" {
		t.Models[model] = r
		return
	}
	if t.Unknown == nil {
		t.Unknown = map[string]string{}
	}
	t.Unknown[model] = wrong
	delete(t.Models, model)
}

// Notes are sentences about how the list was read, for the user.
func (t *Table) Notes() []string {
	var notes []string
	if t.Unit != "" {
		notes = append(notes, t.Unit)
	}
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(t.Unknown)),
		func(model string) bool { return t.Unknown[model] == varies })
	if len(names) > 0 {
		var some []string
		for _, model := range names[:min(len(names), maxNamed)] {
			some = append(some, fmt.Sprintf("%q (%s)", model, t.Unknown[model]))
		}
		more := ""
		if n := len(names) - maxNamed; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		notes = append(notes, fmt.Sprintf("%s can't be right and counts as unknown: %s%s",
			relay.Counted(len(names), "price"), strings.Join(some, ", "), more))
	}
	return notes
}
