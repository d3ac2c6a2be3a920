package job

import (
	"maps"
	"slices"
	"time"

	"relaytop/relay"
)

// ModelPlan is what a plan has for one model.
type ModelPlan struct {
	Model        string
	Rows         int
	Silent       int            // of Rows: their answers have no tokens, as those of embeddings
	OutputLikely int64          // of all rows
	Output       int64          // tokens a row that answers, before its max_tokens
	Measured     relay.Measured // where Output is from; no Answers: it is assumed
}

// plans are the rows of each model, and what their answers will likely be.
func (s *scan) plans(measured func(model string) relay.Measured) []ModelPlan {
	plans := make([]ModelPlan, 0, len(s.byModel))
	for _, model := range slices.Sorted(maps.Keys(s.byModel)) {
		t := s.byModel[model]
		p := ModelPlan{Model: model, Rows: t.rows, Silent: t.silent, Output: relay.AssumedAnswer}
		if measured != nil {
			p.Measured = measured(model)
		}
		if p.Measured.Answers > 0 {
			p.Output = p.Measured.Output
		}
		p.OutputLikely = min(int64(t.rows-t.silent)*p.Output, t.mostOutput())
		plans = append(plans, p)
	}
	return plans
}

// Latency is how long a row takes, on average, as it was measured; 0: no answer of the models was.
func (p *Plan) Latency() time.Duration {
	var sum time.Duration
	rows := 0
	for i := range p.ByModel {
		if m := &p.ByModel[i]; m.Measured.Took > 0 {
			sum += m.Measured.Took * time.Duration(m.Rows)
			rows += m.Rows
		}
	}
	if rows == 0 {
		return 0
	}
	return sum / time.Duration(rows)
}

// costs are the least, the likely and the most that an input may cost. The least counts no output. The tokens of
// the input are estimated: the least has a quarter less of them, and the most a quarter more. False: a model has no
// price.
func (s *scan) costs(price relay.Forecast, plans []ModelPlan) (least, likely, most relay.Cost, ok bool) {
	out := make(map[string]int64, len(plans))
	for i := range plans {
		out[plans[i].Model] = plans[i].OutputLikely
	}
	least, ok = s.costOf(price, func(_ string, t *tokens) (int64, int64) { return t.input - t.input/4, 0 })
	likely, _ = s.costOf(price, func(model string, t *tokens) (int64, int64) { return t.input, out[model] })
	most, _ = s.costOf(price, func(_ string, t *tokens) (int64, int64) { return t.input + t.input/4, t.mostOutput() })
	return least, likely, most, ok
}
