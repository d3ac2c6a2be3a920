package sim

import (
	"strings"
	"testing"
)

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"429=2%,500=1%,cut=0.5%,stall=1%": "429=2%,500=1%,cut=0.5%,stall=1%",
		" 529 = 0.25 , html=1 % ":         "529=25%,html=1%",
		"429=0":                           "429=0%",
	} {
		got, err := ParseErrors(in)
		if err != nil || got.String() != want {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"429":            "want fault=rate",
		"200=1%":         "unknown fault",
		"oops=1%":        "unknown fault",
		"429=x":          "not a number",
		"429=-1%":        "not between",
		"429=NaN":        "not between",
		"429=60%,cut=.5": "more than 100%",
	} {
		if _, err := ParseErrors(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func FuzzParseErrors(f *testing.F) {
	f.Add("429=2%,cut=0.5%")
	f.Add("=,%=1")
	f.Fuzz(func(t *testing.T, s string) {
		rates, err := ParseErrors(s)
		if err != nil {
			return
		}
		sum := 0.0
		for _, r := range rates {
			if !(r.P >= 0 && r.P <= 1) || !knownFault(r.Fault) {
				t.Fatalf("%q gave %+v", s, r)
			}
			sum += r.P
		}
		if sum > 1.01 {
			t.Fatalf("%q adds up to %v", s, sum)
		}
	})
}

func TestListenStaysOnLoopback(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "nonsense"} {
		if s, err := Start(t.Context(), Options{Listen: address}); err == nil {
			s.Close()
			t.Errorf("%s was accepted", address)
		}
	}
}
