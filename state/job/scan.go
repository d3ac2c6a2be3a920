package job

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// BadRow is a row that can't be sent, and why.
type BadRow struct {
	N      int    `json:"row"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// scan is the result of reading an input.
type scan struct {
	ix         *index
	bad        []BadRow // at most maxBad
	badRows    int
	elsewhere  int      // rows of other shards: they are not checked
	duplicates []string // ids that occur more than once, at most maxBad
	repeats    int      // rows whose id an earlier row has
	models     map[string]int
	unused     map[string]int // rows with a parameter beside the prompt, which is not sent
	input      int64          // tokens, estimated
	outMax     int64          // sum of max_tokens, where rows have one
	unbounded  int            // rows without max_tokens
	byModel    map[string]*tokens
}

type tokens struct {
	rows, unbounded int
	input, outMax   int64
}

// scanInput reads the whole input: it indexes the rows, checks them and counts tokens. It calls progress from time to
// time.
func scanInput(ctx context.Context, src *input.File, sp *spec, progress func(rows int)) (*scan, error) {
	s := &scan{ix: newIndex(), models: map[string]int{}, unused: map[string]int{}, byModel: map[string]*tokens{}}
	err := src.Records(ctx, sp.SetHeader, func(at input.Record) error {
		s.add(sp, at)
		if s.ix.len%2000 == 0 {
			progress(s.ix.len)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.ix.len == 0 {
		return nil, input.Unusable("there is no row in the input")
	}
	s.ix.seal()
	s.repeats = len(s.ix.repeats)
	return s, s.nameRepeats(src, sp)
}

func (s *scan) add(sp *spec, rec input.Record) {
	p := input.Row{Bad: rec.Bad}
	if rec.Bad == "" {
		p = sp.Parse(rec.Data)
	}
	r := row{off: rec.Offset, n: uint32(rec.Length), line: uint32(rec.Line)}
	n := s.ix.len
	var body map[string]any
	if p.Bad == "" {
		body = sp.full(&p)
		r.key = input.KeyOf(p.Path, body)
	}
	switch {
	case !sp.shard.has(r.key):
		r.outcome = RowElsewhere
		s.elsewhere++
	case p.Bad != "":
		r.outcome = RowSkipped
		s.badRows++
		if len(s.bad) < maxBad {
			s.bad = append(s.bad, BadRow{N: n + 1, Line: rec.Line, Reason: p.Bad})
			s.ix.bad[uint32(n)] = p.Bad
		}
	default:
		s.count(body)
		for _, k := range p.Unused {
			s.unused[k]++
		}
	}
	s.ix.add(r)
	s.ix.addID(p.ID)
}

// own is the number of rows that are not of another shard.
func (s *scan) own() int { return s.ix.len - s.elsewhere }

func (s *scan) count(body map[string]any) {
	model, _ := body["model"].(string)
	in, out := relay.EstimateBody(body), outputBound(body)
	s.models[model]++
	s.input += in
	t := s.byModel[model]
	if t == nil {
		t = &tokens{}
		s.byModel[model] = t
	}
	t.rows++
	t.input += in
	t.outMax += out
	s.outMax += out
	if out == 0 {
		s.unbounded++
		t.unbounded++
	}
}

// nameRepeats reads the repeated ids: the index holds only their hashes.
func (s *scan) nameRepeats(src *input.File, sp *spec) error {
	named := map[string]bool{}
	for _, i := range slices.Sorted(maps.Keys(s.ix.repeats)) {
		if len(s.duplicates) >= maxBad {
			break
		}
		r := s.ix.at(int(i))
		data, err := src.Read(r.off, int(r.n))
		if err != nil {
			return err
		}
		id := cmp.Or(sp.Parse(data).ID, input.RowName(int(i)))
		if !named[id] {
			s.duplicates = append(s.duplicates, id)
		}
		named[id] = true
	}
	return nil
}

// outputBound is the bound that a body sets on its output; 0 for no bound.
func outputBound(body map[string]any) int64 {
	for _, k := range [...]string{"max_completion_tokens", "max_tokens", "max_output_tokens"} {
		if n, ok := body[k].(interface{ Int64() (int64, error) }); ok {
			if v, err := n.Int64(); err == nil && v > 0 {
				return v
			}
		}
	}
	return 0
}

// costOf is the sum of a price over the models of the input. False: one of them has no price.
func (s *scan) costOf(price relay.Forecast, out func(*tokens) int64) (relay.Cost, bool) {
	var sum relay.Cost
	if price == nil {
		return sum, false
	}
	for model, t := range s.byModel {
		c, ok := price(model, t.input, out(t))
		if !ok {
			return relay.Cost{}, false
		}
		sum.Amount += c.Amount
		sum.Source, sum.AsOf = relay.LessTrusted(sum.Source, c.ShownSource()), c.AsOf
	}
	sum.Estimated = true
	return sum, true
}
