package settings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/state/meter"
)

func offers() []Choice {
	return []Choice{
		{ID: "gpt-4.1", Endpoint: "holysheep", Context: 1_000_000, Price: "$2.00 / $8.00"},
		{ID: "claude-sonnet-4.5", Endpoint: "holysheep", Context: 200_000, Price: "$3.00 / $15.00"},
		{ID: "gpt-4.1", Endpoint: "backup-eu", Context: 1_000_000, Price: "$2.20 / $8.80"},
		{ID: "a-model-with-a-very-long-name-that-is-cut", Endpoint: "backup-eu"},
	}
}

func TestModelsWithTheirFigures(t *testing.T) {
	for _, size := range sizes {
		o := open(t)
		o.store.measured = []meter.ModelFigures{
			{Model: "gpt-4.1", Endpoint: "holysheep", OK: 93, Failed: 7, TTFT: 412 * time.Millisecond},
			{Model: "gpt-4.1", Endpoint: "backup-eu", OK: 2, TTFT: 2140 * time.Millisecond},
			{Model: "claude-sonnet-4.5", Endpoint: "holysheep", Failed: 3},
		}
		o.list = offers()
		o.run(o.PickModel())
		if strings.Contains(o.shown(size[0], size[1]-2), "412") {
			t.Error("it waited for the ledger")
		}
		o.fetched()
		o.golden(t, "models", size)
	}
}

func TestAnUnlistedModelIsTyped(t *testing.T) {
	o := open(t)
	o.run(o.PickModel())
	o.types("o9-mini")
	if got := o.shown(80, 22); !strings.Contains(got, "alt+enter takes it as it is typed: o9-mini") {
		t.Error(got)
	}
	o.keys("enter") // a slip of the fingers is no model
	o.keys("alt+enter")
	o.run(o.PickModel())
	o.types("gpt-4") // a model whose letters another one has too
	o.keys("alt+enter")
	if want := []string{"model c1 o9-mini", "model c1 gpt-4"}; !slices.Equal(o.store.did, want) {
		t.Errorf("did %q, want %q", o.store.did, want)
	}
	o.choices = nil
	if o.run(o.PickModel()); o.stack.Empty() {
		t.Error("no list without the relay's models")
	}
}
