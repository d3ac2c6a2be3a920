package job

import (
	"strings"
	"testing"
	"time"

	"relaytop/relay"
)

// TestTheLikelyOutputIsMeasured: by model, else it is assumed; never more than max_tokens, and none of embeddings.
func TestTheLikelyOutputIsMeasured(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, newFake(echo), func(cfg *Config) {
		cfg.Price = func(_ string, in, out int64) (relay.Cost, bool) {
			return relay.Cost{Amount: relay.Money(in + 10*out), Source: relay.SourceList}, true
		}
		cfg.Measured = func(model string) relay.Measured {
			if model != "known" {
				return relay.Measured{}
			}
			return relay.Measured{Answers: 40, Output: 30, Took: 3 * time.Second, Rows: true}
		}
	})
	chat := func(model, more string) string {
		return `{"url":"/v1/chat/completions","body":{"model":"` + model + `","messages":[{"role":"user",` +
			`"content":"hello"}]` + more + `}}`
	}
	lines := []string{chat("known", ""), chat("known", `,"max_tokens":20`), chat("new", ""),
		chat("short", `,"max_tokens":7`), `{"url":"/v1/embeddings","body":{"model":"vectors","input":"some text"}}`}
	p, err := b.Preflight(t.Context(), Options{Input: file(t, dir, "in.jsonl", strings.Join(lines, "\n"))})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][3]int64{"known": {60, 30, 40}, "new": {256, 256, 0}, "short": {7, 256, 0}, "vectors": {0, 256, 0}}
	for _, m := range p.ByModel {
		if got := [3]int64{m.OutputLikely, m.Output, m.Measured.Answers}; got != want[m.Model] {
			t.Errorf("%s: %v, want %v", m.Model, got, want[m.Model])
		}
	}
	if len(p.ByModel) != 4 || p.OutputLikely != 60+256+7 || p.OutputMax != 4096+20+4096+7 {
		t.Errorf("%d models, %d likely, %d at most", len(p.ByModel), p.OutputLikely, p.OutputMax)
	}
	in := relay.Money(p.InputTokens)
	if p.Likely != in+10*relay.Money(p.OutputLikely) || p.Min >= in || p.Min < in/2 ||
		p.Max < in+10*relay.Money(p.OutputMax) || p.Max > 2*in+10*relay.Money(p.OutputMax) {
		t.Errorf("cost %d, %d, %d", p.Min, p.Likely, p.Max)
	}
	if p.Latency() != 3*time.Second {
		t.Errorf("a row takes %s", p.Latency())
	}
}
