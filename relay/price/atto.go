package price

import (
	"math"
	"math/bits"

	"relaytop/relay"
)

// atto is an amount in attodollars, a two's complement of 128 bits: the sum of a few products that product accepts
// fits. A row of a batch computes a dozen of them, and big.Int would take a tenth of its work.
type atto struct{ hi, lo uint64 }

// product is n times rate. ok is false if that is out of the range of relay.Money.
func product(n, rate int64) (a atto, ok bool) {
	a.hi, a.lo = bits.Mul64(magnitude(n), magnitude(rate))
	if a.hi >= perPico { // more picodollars than an int64 has
		return atto{}, false
	}
	if (n < 0) != (rate < 0) {
		a = a.negative()
	}
	return a, true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func (a atto) plus(b atto) (sum atto) {
	var carry uint64
	sum.lo, carry = bits.Add64(a.lo, b.lo, 0)
	sum.hi, _ = bits.Add64(a.hi, b.hi, carry)
	return sum
}

func (a atto) negative() atto { return atto{^a.hi, ^a.lo}.plus(atto{lo: 1}) }

// money rounds to picodollars, half to even. ok is false if the amount is out of range.
func (a atto) money() (m relay.Money, ok bool) {
	negative := int64(a.hi) < 0
	if negative {
		a = a.negative()
	}
	if a.hi >= perPico { // more than bits.Div64 can return
		return 0, false
	}
	picos, rest := bits.Div64(a.hi, a.lo, perPico)
	most := uint64(math.MaxInt64)
	if negative {
		most++
	}
	if picos > most { // before it is rounded: the largest would become 0
		return 0, false
	}
	if rest > perPico/2 || rest == perPico/2 && picos%2 == 1 {
		picos++
	}
	if picos > most {
		return 0, false
	}
	if m = relay.Money(picos); negative {
		m = -m
	}
	return m, true
}
