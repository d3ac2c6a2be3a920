package price

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"relaytop/relay"
)

// TestAttodollarsAreExact: sums of products are rounded as those of any size are.
func TestAttodollarsAreExact(t *testing.T) {
	edges := []int64{0, 1, -1, 2, 499_999, 500_000, 500_001, 1_500_000, -500_000, -1_500_000, perPico, perDollar,
		math.MaxInt64, math.MinInt64}
	pick := func() int64 {
		if rand.IntN(3) == 0 {
			return edges[rand.IntN(len(edges))]
		}
		return rand.Int64() >> rand.IntN(63) * (1 - 2*rand.Int64N(2))
	}
	inRange := 0
	for range 100_000 {
		var sum atto
		exact, fits := new(big.Int), true
		for range 1 + rand.IntN(5) {
			n, rate := pick(), pick()
			p, ok := product(n, rate)
			fits, sum = fits && ok, sum.plus(p)
			exact.Add(exact, new(big.Int).Mul(big.NewInt(n), big.NewInt(rate)))
		}
		if !fits {
			continue
		}
		want, err := relay.MoneyOf(new(big.Rat).SetFrac(exact, big.NewInt(perDollar)))
		if got, ok := sum.money(); ok != (err == nil) || ok && got != want {
			t.Fatalf("%s attodollars are %d (%t), want %d (%v)", exact, got, ok, want, err)
		}
		inRange++
	}
	if inRange < 10_000 {
		t.Errorf("only %d sums were in range", inRange)
	}
	largest := atto{hi: perPico - 1, lo: math.MaxUint64}
	for _, a := range []atto{largest, largest.negative()} {
		if m, ok := a.money(); ok {
			t.Errorf("%v attodollars, rounded, are %d", a, m)
		}
	}
	for _, n := range []int64{math.MaxInt64, math.MinInt64} {
		if p, ok := product(n, math.MinInt64); ok {
			t.Errorf("%d times the least rate is in range: %v", n, p)
		}
	}
}
