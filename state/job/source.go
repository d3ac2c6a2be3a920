package job

import (
	"cmp"
	"fmt"

	"relaytop/state/job/input"
)

// source is what the rows of a run are read from.
type source struct {
	file *input.File
	spec *spec
	opts Options     // those it is run with
	copy *input.Copy // what writes file; nil: it is there as a whole
	pass *pass       // the reading of file; nil: there is no input
	scan *scan       // what pass found so far, under the run's lock
}

// unfit returns why the input must not be run, as far as it was read. The lock is held.
func (in *source) unfit() (Stop, error) {
	s, p, o := in.scan, in.pass, in.opts
	if p != nil && p.seen {
		if p.err != nil {
			return StopInput, p.err
		}
		if err := s.nothing(); err != nil {
			return StopInput, err
		}
	}
	if err := s.refuse(o); err != nil {
		if s.repeats > 0 && !o.AllowDuplicate {
			return StopRepeat, err
		}
		return StopInput, err
	}
	return "", nil
}

// fromJournal makes an index from the journal alone, for a run whose input is gone or can't be read.
func (in *source) fromJournal(m *manifest, j *journal) (*scan, error) {
	rows, ids := make([]row, m.Rows), make([]string, m.Rows)
	_, _, err := replay(j.f, 0, func(_ int64, rec *record) {
		if k, ok := input.ParseKey(rec.Key); ok && rec.N >= 1 && rec.N <= len(rows) {
			rows[rec.N-1].key, ids[rec.N-1] = k, rec.ID
		}
	})
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	if in.spec == nil {
		in.spec = newSpec(input.Format{}, m.Options)
	}
	s := &scan{ix: newIndex()}
	for i, row := range rows {
		s.ix.add(row)
		s.ix.addID(ids[i])
	}
	s.ix.seal()
	return s, nil
}

// row reads the id of row i again, and why it is bad if it is.
func (in *source) row(ix *index, i int, row *row) (own, reason string) {
	p := input.Row{Bad: ix.reason(i)}
	if row.n > 0 && in.file != nil {
		if data, err := in.file.Read(row.off, int(row.n)); err != nil {
			p.Bad = cmp.Or(p.Bad, err.Error())
		} else if q := in.spec.Parse(data); p.Bad == "" {
			p = q
		} else {
			p.ID = q.ID
		}
	}
	return ix.idOf(i, p.ID), cmp.Or(p.Bad, "it can't be read")
}

// parsed reads row i again, and its body as it was when the run began.
func (in *source) parsed(i int, row *row) (input.Row, map[string]any, error) {
	data, err := in.file.Read(row.off, int(row.n))
	if err != nil {
		return input.Row{}, nil, err
	}
	p := in.spec.Parse(data)
	if p.Bad != "" {
		return p, nil, fmt.Errorf("row %d of the input changed while it ran (%s)", i+1, p.Bad)
	}
	body := in.spec.full(&p)
	if input.KeyOf(p.Path, body) != row.key {
		return p, nil, fmt.Errorf("row %d of the input changed while it ran", i+1)
	}
	return p, body, nil
}

// prompt reads the messages of a row again.
func (in *source) prompt(row *row) (list []input.Message, why string) {
	if row.n == 0 || in.file == nil {
		return nil, "the input is not there any more"
	}
	data, err := in.file.Read(row.off, int(row.n))
	if err != nil {
		return nil, err.Error()
	}
	p := in.spec.Parse(data)
	if p.Bad != "" {
		return []input.Message{{Role: "row", Text: string(data)}}, ""
	}
	if input.KeyOf(p.Path, in.spec.full(&p)) != row.key {
		return nil, "the input was changed since this row was read"
	}
	return p.List(), ""
}

// idNow is the id of a row that has a record. A record has the id under which the row was answered; since then rows
// may have moved in the input.
func (in *source) idNow(ix *index, i int, row *row, recorded string) string {
	_, again := ix.repeat(i)
	switch {
	case row.line == 0 && row.flags&flagRenamed != 0:
		return recorded + "#" + row.key.String()[:8]
	case row.line == 0: // the input is gone, or the row is no longer in it
		return ix.idOf(i, recorded)
	case row.id == 0:
		return ix.idOf(i, "")
	case !again && row.id == ix.hashOf(recorded): // without reading the row again
		return recorded
	}
	own, _ := in.row(ix, i, row)
	return own
}
