package job

import (
	"context"
	"fmt"
	"strings"

	"relaytop/relay"
)

// BadRow is a row that can't be sent, and why.
type BadRow struct {
	N      int    `json:"row"`
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// survey is what one walk through an input finds.
type survey struct {
	ix         *index
	bad        []BadRow // at most maxBad
	badRows    int
	duplicates []string // ids that come more than once, at most maxBad
	repeats    int      // rows whose id was there before
	models     map[string]int
	input      int64 // tokens, estimated
	outMax     int64 // sum of max_tokens, where rows have one
	unbounded  int   // rows without one
	byModel    map[string]*tokens
}

type tokens struct {
	rows, unbounded int
	input, outMax   int64
}

// read walks through the whole input: it indexes the rows, checks them and counts. progress is called now and then.
func read(ctx context.Context, src *source, sp *spec, progress func(rows int)) (*survey, error) {
	s := &survey{ix: newIndex(), models: map[string]int{}, byModel: map[string]*tokens{}}
	ids := newIDSet()
	head := func(cols []string) error {
		sp.header = cols
		return checkHeader(sp)
	}
	err := src.scan(ctx, head, func(at span) error {
		s.add(sp, at, ids)
		if s.ix.len%2000 == 0 {
			progress(s.ix.len)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if s.ix.len == 0 {
		return nil, fmt.Errorf("%w: there is no row in the input", ErrInput)
	}
	s.ix.again = ids.again()
	s.ix.seal()
	s.repeats = len(s.ix.again)
	return s, s.nameRepeats(src, sp)
}

func checkHeader(sp *spec) error {
	seen := map[string]bool{}
	for i, c := range sp.header {
		c = strings.TrimSpace(c)
		if sp.header[i] = c; seen[c] && c != "" {
			return fmt.Errorf("%w: the header has the column %q twice", ErrInput, c)
		}
		seen[c] = true
	}
	for i := 1; i < len(sp.template); i += 2 {
		if !seen[sp.template[i]] {
			return fmt.Errorf("%w: the template's {{%s}} is no column: there are %s", ErrInput, sp.template[i], strings.Join(sp.header, ", "))
		}
	}
	if sp.template == nil && !seen["prompt"] && len(sp.header) > 1 {
		return fmt.Errorf("%w: no column is called prompt: say with a template (--template) how %s make one", ErrInput, strings.Join(sp.header, ", "))
	}
	return nil
}

func (s *survey) add(sp *spec, at span, ids *idSet) {
	p := parsed{bad: at.bad}
	if at.bad == "" {
		p = sp.parse(at.data)
	}
	r := row{off: at.off, n: uint32(at.n), line: uint32(at.line)}
	n := s.ix.len
	if p.bad != "" {
		r.outcome = RowSkipped
		s.badRows++
		if len(s.bad) < maxBad {
			s.bad = append(s.bad, BadRow{N: n + 1, Line: at.line, Reason: p.bad})
			s.ix.bad[uint32(n)] = p.bad
		}
	} else {
		body := sp.full(&p)
		r.key = keyOf(p.path, body)
		s.count(body)
	}
	s.ix.add(r)
	ids.add(p.id, n)
}

func (s *survey) count(body map[string]any) {
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

// nameRepeats reads the repeated ids themselves: only their hashes were kept.
func (s *survey) nameRepeats(src *source, sp *spec) error {
	for i, n := range s.ix.again {
		if n != 2 || len(s.duplicates) >= maxBad {
			continue
		}
		r := s.ix.at(int(i))
		data, err := src.at(r.off, int(r.n))
		if err != nil {
			return err
		}
		if id := sp.parse(data).id; id != "" {
			s.duplicates = append(s.duplicates, id)
		} else {
			s.duplicates = append(s.duplicates, fmt.Sprintf("row-%d", i+1))
		}
	}
	return nil
}

// outputBound is the bound that a body sets on its output; 0: it has none.
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

// costOf sums up a price over the models of a survey. False: one of them has none.
func (s *survey) costOf(price Price, out func(*tokens) int64) (relay.Cost, bool) {
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
		sum.Source, sum.AsOf = lessSure(sum.Source, c.Told()), c.AsOf
	}
	sum.Estimated = true
	return sum, true
}
