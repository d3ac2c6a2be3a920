package price

import (
	"fmt"
	"math/big"
	"strings"

	"relaytop/relay"
)

// rateFormula returns the rates of a formula: those of a short request to show, the formula to bill by.
func rateFormula(expr string, group *big.Rat) (r Rates, err error) {
	r.Formula = fmt.Sprintf("(%s) * (%s)", strings.TrimPrefix(strings.TrimSpace(expr), "v1:"), group.RatString())
	var at [4]*big.Rat
	for i, u := range []relay.Usage{{}, {Input: 1000}, {Output: 1000}, {Input: 1000, Cached: 1000}} {
		n, unsure, err := evaluate(r.Formula, u)
		if err != nil {
			return r, err
		}
		at[i], r.Estimated = n, r.Estimated || unsure
	}
	for i, to := range []*Rate{&r.Input, &r.Output} {
		per := new(big.Rat).Sub(at[i+1], at[0])
		if *to, err = rate(per.Quo(per, big.NewRat(1000, 1)), million); err != nil {
			return r, err
		}
		if why := absurd(*to, nil, false); why != "" {
			return r, fmt.Errorf("%w: a token%s", errFormula, why)
		}
	}
	if names(expr, "cr") {
		per := new(big.Rat).Sub(at[3], at[0])
		cached, err := rate(per.Quo(per, big.NewRat(1000, 1)), million)
		if err != nil {
			return r, err
		}
		r.Cached = &cached
	}
	return r, nil
}

// formulaAmount is the amount of a usage by the formula; ok is false if it can't be evaluated.
func (r *Rates) formulaAmount(u relay.Usage) (amount relay.Money, unsure, ok bool) {
	n, unsure, err := evaluate(r.Formula, u)
	if err != nil {
		return 0, false, false
	}
	amount, err = relay.MoneyOf(n.Quo(n, big.NewRat(million, 1)))
	return amount, unsure, err == nil
}
