package relay

import (
	"slices"
	"strings"
	"testing"
)

func TestParseMoney(t *testing.T) {
	zeros := strings.Repeat("0", 300)
	for s, want := range map[string]Money{
		"0": 0, "12.5": 12_500_000_000_000, "1e-5": 10_000_000, "1.2e-005": 12_000_000, "1.2E-05": 12_000_000,
		"1.2e+000":         1_200_000_000_000,
		"0.000012" + zeros: 12_000_000, "0.000012" + zeros + "1": 12_000_000, "1" + zeros + "e-300": USD,
		// half to even, and more than a half up
		"0.0000000000005": 0, "0.0000000000015": 2, "0.0000000000005" + zeros + "1": 1,
		"0." + zeros + "1": 0, "1e-99999999999999999999": 0, "0e99999999999999999999": 0, "-0.5": -USD / 2,
	} {
		if got, err := ParseMoney(s); err != nil || got != want {
			t.Errorf("%.80s: %s %v, want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", ".", "e5", "1e", "1e5.5", "1e--5", "1-2", "1/3", "0x1", "1_0", "NaN", "Inf",
		"1e999999999999", "1e400", "9" + zeros,
		strings.Repeat("1", 401)} {
		if got, err := ParseMoney(s); err == nil {
			t.Errorf("%.80q is %s", s, got)
		}
	}
}

func TestShownSource(t *testing.T) {
	for _, c := range []struct {
		cost Cost
		want Source
	}{
		{Cost{}, SourceUnknown}, {Cost{Source: SourceUnknown, Estimated: true}, SourceUnknown},
		{Cost{Source: SourceUser}, SourceUser},
		{Cost{Source: SourceUser, Estimated: true}, SourceEstimated}, {Cost{Source: SourceSim, Estimated: true}, SourceSim},
		{Cost{Source: SourceCache}, SourceCache},
	} {
		if got := c.cost.ShownSource(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.cost, got, c.want)
		}
	}
}

func TestTheOrderOfTrust(t *testing.T) {
	// What the relay reports for the answer comes before any list, the user's list before the relay's, and that before
	// the vendor's.
	order := []Source{"", "cache", "reported", "header", "user", "relay", "list", "estimated", "sim", "unknown"}
	for i, more := range order {
		if got := LessTrusted(more, more); got != more {
			t.Errorf("of %q twice %q", more, got)
		}
		for _, less := range order[i+1:] {
			if LessTrusted(more, less) != less || LessTrusted(less, more) != less {
				t.Errorf("%q is not trusted less than %q", less, more)
			}
		}
	}
	if got := Sources(); !slices.Equal(got, order[1:]) {
		t.Errorf("sources %v, want %v", got, order[1:])
	}
}
