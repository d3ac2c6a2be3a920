package job

import (
	"relaytop/relay"
	"relaytop/state/job/input"
)

// BadRow is a row that can't be sent, and why.
type BadRow struct {
	N      int    `json:"row"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// scan is what is known of an input, from the rows that were read so far.
type scan struct {
	ix         *index
	bad        []BadRow // at most maxBad
	badRows    int
	duplicates []string // ids that occur more than once, at most maxBad
	elsewhere  int      // rows of other shards: they are not checked
	repeats    int      // rows whose id an earlier row has
	models     map[string]int
	unused     map[string]int // rows with a parameter beside the prompt, which is not sent
	input      int64          // tokens, estimated
	outMax     int64          // sum of max_tokens, where rows have one
	unbounded  int            // rows without max_tokens
	byModel    map[string]*tokens
	named      map[string]bool // duplicates
	unpriced   error           // why the budget of the run does not allow a row of it
}

type tokens struct {
	rows, unbounded int
	silent          int // rows whose answers have no tokens
	input, outMax   int64
	rowIn, rowOut   int64 // the most of one row; rowOut is bounded as boundOf has it
}

// mostOutput is the most that the rows may answer, in tokens.
func (t *tokens) mostOutput() int64 { return t.outMax + int64(t.unbounded)*unboundedOutput }

func newScan(dir string) *scan {
	return &scan{ix: newIndex(dir), models: map[string]int{}, unused: map[string]int{}, byModel: map[string]*tokens{},
		named: map[string]bool{}}
}

// found is a row as it was read: all that a scan needs of it.
type found struct {
	row
	place
	own    string // its own id
	bad    string // why it can't be sent
	model  string
	in     int64 // tokens, estimated
	out    int64 // its bound on the output, noOutput, or 0: it has none
	unused []string
}

func placeIn(rec *input.Record) place {
	return place{off: rec.Offset, n: uint32(rec.Length), line: uint32(rec.Line)}
}

// find reads a row. Only the pass over the input calls it.
func (s *spec) find(rec input.Record) found {
	if f, ok := s.findPlain(rec); ok {
		return f
	}
	return s.findAny(rec)
}

// findAny reads a row of any shape.
func (s *spec) findAny(rec input.Record) found {
	p := input.Row{Bad: rec.Bad}
	if rec.Bad == "" {
		p = s.Parse(rec.Data)
	}
	f := found{place: placeIn(&rec), own: p.ID, bad: p.Bad}
	var body map[string]any
	if p.Bad == "" {
		body = s.full(&p)
		f.key, f.unused = input.KeyOf(p.Path, body), p.Unused
	}
	switch {
	case !s.shard.Has(f.key):
		f.outcome = RowElsewhere
		return f
	case p.Bad != "":
		f.outcome = RowSkipped
		return f
	}
	f.model, _ = body["model"].(string)
	f.in, f.out = relay.EstimateBody(body), outputBound(p.Path, body)
	return f
}

// add adds a row.
func (s *scan) add(f *found) {
	i := s.ix.add(f.row, f.place)
	if s.ix.addID(f.own) {
		s.repeats++
		s.duplicate(i, f.own)
	}
	if f.outcome == RowElsewhere {
		s.elsewhere++
		return
	}
	if f.outcome != RowSkipped {
		s.count(f)
		return
	}
	s.badRows++
	if len(s.bad) < maxBad {
		s.bad = append(s.bad, BadRow{N: i + 1, Line: int(f.line), Reason: f.bad})
		s.ix.bad.Store(uint32(i), f.bad)
	}
}

// own is the number of rows that are not of another shard.
func (s *scan) own() int { return s.ix.len - s.elsewhere }

func (s *scan) duplicate(i int, own string) {
	if own == "" {
		own = input.RowName(i)
	}
	if len(s.duplicates) < maxBad && !s.named[own] {
		s.duplicates = append(s.duplicates, own)
		s.named[own] = true
	}
}

func (s *scan) count(f *found) {
	for _, k := range f.unused {
		s.unused[k]++
	}
	s.models[f.model]++
	s.input += f.in
	t := s.byModel[f.model]
	if t == nil {
		t = &tokens{}
		s.byModel[f.model] = t
	}
	t.rows++
	t.input += f.in
	t.rowIn, t.rowOut = max(t.rowIn, f.in), max(t.rowOut, boundOf(f.out))
	switch f.out {
	case noOutput:
		t.silent++
	case 0:
		s.unbounded++
		t.unbounded++
	default:
		t.outMax += f.out
		s.outMax += f.out
	}
}

// refuse returns why an input must not be run as it is.
func (s *scan) refuse(o Options) error {
	if s.repeats > 0 && !o.AllowDuplicate {
		return input.Unusable("%s with an id that an earlier row has, the first is %q: make them differ, or accept "+
			"duplicates (--allow-duplicates)", relay.Counted(s.repeats, "row"), s.duplicates[0])
	}
	if s.badRows > 0 && o.StopOnBad {
		return s.unsendable()
	}
	return nil
}

// nothing returns why an input that was read to its end has nothing to run.
func (s *scan) nothing() error {
	switch {
	case s.ix.len == 0:
		return input.Unusable("there is no row in the input")
	case s.badRows > 0 && s.badRows == s.own():
		return s.unsendable()
	}
	return nil
}

func (s *scan) unsendable() error {
	return input.Unusable("%d of %d rows can't be sent, the first in line %d: %s", s.badRows, s.own(),
		s.bad[0].Line, s.bad[0].Reason)
}

// noOutput is the bound of a row whose answer has no tokens.
const noOutput = -1

// outputBound is the bound on the output that a body sets; noOutput if its endpoint answers without tokens, and 0 for
// no bound.
func outputBound(path string, body map[string]any) int64 {
	if path == "/embeddings" || path == "/moderations" {
		return noOutput
	}
	for _, k := range [...]string{"max_completion_tokens", "max_tokens", "max_output_tokens"} {
		if n, ok := body[k].(interface{ Int64() (int64, error) }); ok {
			if v, err := n.Int64(); err == nil && v > 0 {
				return v
			}
		}
	}
	return 0
}

// costOf is the sum of a price over the models of the input, for the tokens that count returns. False: one of them has
// no price.
func (s *scan) costOf(price relay.Forecast, count func(model string, t *tokens) (in, out int64)) (relay.Cost, bool) {
	var sum relay.Cost
	if price == nil {
		return sum, false
	}
	for model, t := range s.byModel {
		in, out := count(model, t)
		c, ok := price(model, in, out)
		if !ok {
			return relay.Cost{}, false
		}
		sum.Amount += c.Amount
		sum.Source, sum.AsOf = relay.LessTrusted(sum.Source, c.ShownSource()), c.AsOf
	}
	sum.Estimated = true
	return sum, true
}
