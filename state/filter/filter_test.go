package filter

import (
	"reflect"
	"testing"
	"time"

	"relaytop/relay"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		typed string
		want  []Term
	}{
		{"", nil},
		{"err OK retried cut", []Term{{Kind: Failed}, {Kind: OK}, {Kind: Retried}, {Kind: Cut}}},
		{">2s", []Term{{Kind: Took, Time: 2 * time.Second}}},
		{">2", []Term{{Kind: Took, Time: 2 * time.Second}}},
		{"<250ms", []Term{{Kind: Took, Time: 250 * time.Millisecond, Below: true}}},
		{"ttft>500ms", []Term{{Kind: TTFT, Time: 500 * time.Millisecond}}},
		{"cost>0.01 cost<$2", []Term{{Kind: Cost, Cost: relay.USD / 100}, {Kind: Cost, Cost: 2 * relay.USD, Below: true}}},
		{"model:DeepSeek at:backup", []Term{{Kind: Model, Text: "deepseek"}, {Kind: Endpoint, Text: "backup"}}},
		{"lane:batch class:timeout run:7f3a", []Term{{Kind: Lane, Text: "batch"}, {Kind: Class, Text: "timeout"},
			{Kind: Run, Text: "7f3a"}}},
		{"-retried -model:gpt -refund", []Term{{Kind: Retried, Not: true}, {Kind: Model, Text: "gpt", Not: true},
			{Text: "refund", Not: true}}},
		{"errors okay Refund", []Term{{Text: "errors"}, {Text: "okay"}, {Text: "refund"}}},
		{"model: > ttft> cost< -", nil}, // still being typed
		{">soon a>b cost>NaN cost>-1 >-2s", []Term{{Text: ">soon"}, {Text: "a>b"}, {Text: "cost>nan"},
			{Text: "cost>-1"}, {Text: ">-2s"}}},
	} {
		if got := Parse(c.typed).Terms; !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q is %+v, not %+v", c.typed, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, typed := range []string{"err model:deepseek >2s", "-ttft>1e3 cost>1e-7", "--x -- <", "model:a>b É ſ K"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		once := Parse(typed)
		if again := Parse(once.String()); !reflect.DeepEqual(once, again) {
			t.Errorf("%q is %+v, written as %q it is %+v", typed, once, once.String(), again)
		}
	})
}
