package chat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"relaytop/state/meter"
	"relaytop/ui/uitest"
)

func (f *fake) Measured() ([]meter.Measure, error) { return f.measured, f.err }

func offers() []ModelChoice {
	return []ModelChoice{
		{ID: "gpt-4.1", Endpoint: "holysheep", Context: 1_000_000, Price: "$2.00 / $8.00"},
		{ID: "claude-sonnet-4.5", Endpoint: "holysheep", Context: 200_000, Price: "$3.00 / $15.00"},
		{ID: "gpt-4.1", Endpoint: "backup-eu", Context: 1_000_000, Price: "$2.20 / $8.80"},
		{ID: "a-model-with-a-very-long-name-that-is-cut", Endpoint: "backup-eu"},
	}
}

func TestModelsWithWhatWasMeasured(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {160, 45}} {
		r := open(t, 80, 24)
		r.store.measured = []meter.Measure{{Model: "gpt-4.1", Endpoint: "holysheep", OK: 93, Failed: 7, TTFT: 412 * time.Millisecond},
			{Model: "gpt-4.1", Endpoint: "backup-eu", OK: 2, TTFT: 2140 * time.Millisecond}, {Model: "claude-sonnet-4.5", Endpoint: "holysheep", Failed: 3}}
		r.opts.Models = offers
		d := r.over("alt+m")
		if strings.Contains(d.shown(size[0], size[1]-2), "412") {
			t.Error("it waited for the ledger")
		}
		d.settle()
		uitest.Golden(t, "models-"+sized(size), d.shown(size[0], size[1]-2))
	}
}

func TestAModelThatIsNotListedIsTyped(t *testing.T) {
	r := open(t, 80, 24)
	d := r.over("alt+m")
	d.types("o9-mini")
	if got := d.shown(80, 22); !strings.Contains(got, "alt+enter takes it as it is typed: o9-mini") {
		t.Error(got)
	}
	d.keys("enter") // a slip of the fingers is no model
	d.keys("alt+enter")
	d = r.over("alt+m")
	d.types("gpt-4") // a model whose letters another one has too
	d.keys("alt+enter")
	if want := []string{"model c1 o9-mini", "model c1 gpt-4"}; !slices.Equal(r.store.did, want) {
		t.Errorf("did %q, want %q", r.store.did, want)
	}
	r.opts.Models = nil
	r.over("alt+m")
}
