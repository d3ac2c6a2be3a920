package job

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"relaytop/relay"
	"relaytop/state/job/input"
)

// Plan is what a run would do and cost: a flat record.
type Plan struct {
	Input        string
	Out, Errors  string // where the outputs would go
	OutExists    bool   // the run would overwrite it
	Kind         string
	Rows         int
	Elsewhere    int  // rows of other shards, which are not in Rows
	More         bool // the input was not read to its end: all counts are at least
	Good         int
	BadRows      int
	Bad          []BadRow // at most 10,000
	Duplicates   []string // ids that occur more than once, at most 10,000
	Repeats      int      // rows whose id an earlier row has
	Models       map[string]int
	Unused       map[string]int // rows with a parameter such as model beside the prompt: it is not sent
	InputTokens  int64          // estimated
	OutputLikely int64          // as ByModel has it
	ByModel      []ModelPlan    // by name
	OutputMax    int64          // the sum of max_tokens
	Unbounded    int            // rows without max_tokens: OutputMax counts 4,096 for each
	Min          relay.Money
	Likely       relay.Money
	Max          relay.Money
	RowMax       relay.Money // the most that a row may cost: a budget reserves it while the row is in flight
	Priced       bool        // the three are known
	Unpriced     []string
	Source       relay.Source
	AsOf         string
	Sample       []Row // the first rows as they would be sent, for a preview
	Concurrency  int
	Size         int64      // of the input, in bytes
	Space        Space      // on the disk
	Batch        BatchPrice // by a provider's batch
	Took         time.Duration
}

// previewRows is how many rows a Plan shows.
const previewRows = 20

// Preflight reads an input as a run would, and returns what the run would do. It sends nothing. The error is one that
// would prevent the run from starting; bad rows and duplicates are in the Plan.
func (b *Book) Preflight(ctx context.Context, o Options) (Plan, error) { return b.preflight(ctx, o, 0) }

// PreflightSoon is Preflight that reads no longer than a run does before it sends its first row. Then More is set,
// and the errors of what was not read are missing.
func (b *Book) PreflightSoon(ctx context.Context, o Options) (Plan, error) {
	return b.preflight(ctx, o, passFor)
}

func (b *Book) preflight(ctx context.Context, o Options, within time.Duration) (Plan, error) {
	began := b.now()
	if err := o.check(); err != nil {
		return Plan{}, err
	}
	if err := b.cfg.complete(&o); err != nil {
		return Plan{}, err
	}
	src, name, err := b.spools.open(ctx, &o)
	if err != nil {
		return Plan{}, err
	}
	defer func() { _ = src.Close() }() // it was only read
	sp, err := specOf(src, o)
	if err != nil {
		return Plan{}, err
	}
	s, more, err := scanFor(ctx, src, sp, b.cfg.Dir, within)
	defer s.ix.places.close()
	if err != nil {
		return Plan{}, err
	}
	p := s.plan(&b.prices)
	p.More = more
	p.Unpriced = b.prices.unpriced(s.models, o.Fallback)
	p.Input, p.Kind, p.Concurrency = name, string(src.Kind), o.Concurrency
	if p.Out = o.Out; p.Out == "" || p.Out == FolderOut {
		p.Out = defaultOut(o, filepath.Join(b.cfg.Dir, "RUN"))
	}
	p.Errors = errorsName(p.Out)
	if _, err := os.Lstat(p.Out); err == nil {
		p.OutExists = true
	}
	p.Size, p.Space = src.Size, p.space(b.cfg.Dir)
	p.Batch = b.providers.price(s, p.ByModel, o.Model)
	p.Sample, err = s.preview(src, sp)
	p.Took = b.now().Sub(began)
	return p, err
}

func (s *scan) plan(prices *prices) Plan {
	p := Plan{Rows: s.own(), Elsewhere: s.elsewhere, Good: s.own() - s.badRows, BadRows: s.badRows, Bad: s.bad,
		Duplicates: s.duplicates, Repeats: s.repeats, Models: s.models,
		Unused: s.unused, InputTokens: s.input, Unbounded: s.unbounded,
		OutputMax: s.outMax + int64(s.unbounded)*unboundedOutput}
	p.ByModel = s.plans(prices.measured)
	for i := range p.ByModel {
		p.OutputLikely += p.ByModel[i].OutputLikely
	}
	least, likely, most, ok := s.costs(prices.forecast, p.ByModel)
	p.Min, p.Likely, p.Max, p.Priced = least.Amount, likely.Amount, most.Amount, ok
	p.Source, p.AsOf = least.Source, least.AsOf
	for model, t := range s.byModel {
		most, _ := prices.most(model, t.rowIn, t.rowOut)
		p.RowMax = max(p.RowMax, most)
	}
	return p
}

// preview reads the first rows again.
func (s *scan) preview(src *input.File, sp *spec) ([]Row, error) {
	var out []Row
	for i := range s.ix.len {
		r := s.ix.at(i)
		switch {
		case len(out) == previewRows:
			return out, nil
		case r.outcome == RowElsewhere:
			continue
		}
		row := Row{N: i + 1, Outcome: r.outcome, Reason: s.ix.reason(i)}
		if at := s.ix.place(i); at.n > 0 {
			data, err := src.Read(at.off, int(at.n))
			if err != nil {
				return nil, err
			}
			p := sp.Parse(data)
			row.ID = s.ix.idOf(i, p.ID)
			if p.Bad == "" {
				row.Model, _ = sp.full(&p)["model"].(string)
				row.Text = firstRunes(p.Prompt(), textRunes)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// scanFor reads an input to its end, or for as long as within, if it is not 0. more: it was not read to its end.
func scanFor(ctx context.Context, src *input.File, sp *spec, dir string, within time.Duration) (s *scan, more bool,
	err error) {
	s = newScan(dir)
	bounded, stop := ctx, context.CancelFunc(func() {})
	if within > 0 {
		bounded, stop = context.WithTimeout(ctx, within)
	}
	defer stop()
	err = src.Records(bounded, sp.SetHeader, func() {}, func(rec input.Record) error {
		f := sp.find(rec)
		s.add(&f)
		return nil
	})
	s.ix.seal()
	switch {
	case err != nil && bounded.Err() != nil && ctx.Err() == nil:
		return s, true, nil
	case err == nil && s.ix.len == 0:
		err = s.nothing()
	}
	return s, false, err
}
