package relay

import (
	"strconv"
	"strings"
)

const cent = USD / 100

// Dollars formats an amount for people: under 1 cent with six decimals, under $1 with four, else with two. Zero is
// $0.00. It is the only such format; String is the exact amount, for machines.
func (m Money) Dollars() string {
	v := max(m, -m)
	switch {
	case m == 0:
		return "$0.00"
	case v >= 0 && v < cent-USD/2_000_000: // rounded to six decimals it is less than a cent
		return m.dollars(6)
	case v >= 0 && v < USD-USD/20_000:
		return m.dollars(4)
	}
	return m.dollars(2)
}

// Price formats a round amount, such as a price or a label of an axis, with the fewest of two, four and six decimals
// that show it exactly; one that has more is rounded to six.
func (m Money) Price() string {
	digits := 2
	for digits < 6 && int64(m)%pow10(12-digits) != 0 {
		digits += 2
	}
	return m.dollars(digits)
}

// dollars formats an amount with digits decimals, rounded half away from zero. It uses no floating point: money must
// be exact.
func (m Money) dollars(digits int) string {
	sign, v := "", uint64(m)
	if m < 0 {
		sign, v = "-", -v
	}
	unit := uint64(pow10(12 - digits))
	n := v / unit
	if v%unit >= unit-v%unit {
		n++
	}
	s := strconv.FormatUint(n, 10)
	if len(s) <= digits {
		s = strings.Repeat("0", digits-len(s)+1) + s
	}
	whole, rest := s[:len(s)-digits], s[len(s)-digits:]
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + "$" + whole + "." + rest
}

// pow10 is 10 to the power of exp, 0 to 18.
func pow10(exp int) int64 {
	n := int64(1)
	for range exp {
		n *= 10
	}
	return n
}
