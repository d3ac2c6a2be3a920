package relay

import (
	"math"
	"math/rand/v2"
	"regexp"
	"testing"
)

func TestDollars(t *testing.T) {
	for m, want := range map[Money]string{
		0: "$0.00", 1: "$0.000000", 111_000_000: "$0.000111", 9_999_499_999: "$0.009999", 9_999_500_000: "$0.0100",
		394_200_000_000: "$0.3942", 999_950_000_000: "$1.00", 2_250_000_000_000: "$2.25", -2 * USD: "-$2.00",
		1_234_567_890_000_000: "$1,234.57", -394_200_000_000: "-$0.3942",
		math.MaxInt64: "$9,223,372.04", math.MinInt64: "-$9,223,372.04",
	} {
		if got := m.Dollars(); got != want {
			t.Errorf("%d is %s, want %s", m, got, want)
		}
	}
	form := regexp.MustCompile(`^-?\$(0\.(00\d{4}|\d{4}|00)|[1-9][0-9,]*\.\d\d)$`)
	for range 10_000 {
		m := Money(rand.Int64()) >> rand.IntN(60)
		if rand.IntN(2) == 0 {
			m = -m
		}
		if s := m.Dollars(); !form.MatchString(s) {
			t.Fatalf("%d is %s", m, s)
		}
	}
}

func TestPrice(t *testing.T) {
	for m, want := range map[Money]string{
		2_000_000_000_000: "$2.00", 500_000_000_000: "$0.50", 25_000_000_000: "$0.0250", 200_000_000: "$0.0002",
		75_000_000: "$0.000075", 1_234_000_000_000_000: "$1,234.00", 1_234_567: "$0.000001", 420_000_000_000: "$0.42",
		75_000_000_000: "$0.0750", // the cached input of a small model
	} {
		if got := m.Price(); got != want {
			t.Errorf("%d is %s, want %s", m, got, want)
		}
	}
}
