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
	rows, ids := make([]place, m.Rows), make([]string, m.Rows)
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
	s := &scan{ix: newIndex("")}
	for i, at := range rows {
		s.ix.add(row{}, at)
		s.ix.addID(ids[i])
	}
	s.ix.seal()
	return s, nil
}

// readRow reads the text of a row.
type readRow func(at int64, n int) ([]byte, error)

// row reads the id of row i again, and the reason if the row is bad.
func (in *source) row(ix *index, i int, row *row) (own, reason string) {
	if in.file == nil {
		return in.rowIn(nil, ix, i, row)
	}
	return in.rowIn(in.file.Read, ix, i, row)
}

// rowIn is row with the input read by read; nil: it is gone.
func (in *source) rowIn(read readRow, ix *index, i int, row *row) (own, reason string) {
	bad, at := ix.reason(i), ix.place(i)
	if at.n > 0 && read != nil && (row.id != 0 || row.outcome == RowSkipped && bad == "") {
		data, err := read(at.off, int(at.n))
		if err == nil {
			p := in.spec.idOf(data)
			own, bad = p.ID, cmp.Or(bad, p.Bad)
		} else {
			bad = cmp.Or(bad, err.Error())
		}
	}
	return ix.idOf(i, own), cmp.Or(bad, "it can't be read")
}

// parsed reads row i again, and its body as it was when the run began.
func (in *source) parsed(ix *index, i int) (input.Row, map[string]any, error) {
	at, err := ix.readPlace(i)
	if err != nil {
		return input.Row{}, nil, err
	}
	data, err := in.file.Read(at.off, int(at.n))
	if err != nil {
		return input.Row{}, nil, err
	}
	p := in.spec.Parse(data)
	if p.Bad != "" {
		return p, nil, input.Unusable("row %d of the input changed while it ran (%s)", i+1, p.Bad)
	}
	body := in.spec.full(&p)
	if input.KeyOf(p.Path, body) != at.key {
		return p, nil, input.Unusable("row %d of the input changed while it ran", i+1)
	}
	return p, body, nil
}

// prompt reads the messages of a row again.
func (in *source) prompt(at place) (list []input.Message, why string) {
	if at.n == 0 || in.file == nil {
		return nil, "the input is not there any more"
	}
	data, err := in.file.Read(at.off, int(at.n))
	if err != nil {
		return nil, err.Error()
	}
	p := in.spec.Parse(data)
	if p.Bad != "" {
		return []input.Message{{Role: "row", Text: string(data)}}, ""
	}
	if input.KeyOf(p.Path, in.spec.full(&p)) != at.key {
		return nil, "the input was changed since this row was read"
	}
	return p.List(), ""
}

// idNow is the id of a row that has a record. A record has the id under which the row was answered; since then rows
// may have moved in the input.
func (in *source) idNow(ix *index, i int, row *row, recorded string) string {
	if in.file == nil {
		return in.idIn(nil, ix, i, row, recorded)
	}
	return in.idIn(in.file.Read, ix, i, row, recorded)
}

// idIn is idNow with the input read by read; nil: it is gone.
func (in *source) idIn(read readRow, ix *index, i int, row *row, recorded string) string {
	_, again := ix.repeat(i)
	at := ix.place(i)
	switch {
	case at.line == 0 && row.flags&flagRenamed != 0:
		return recorded + "#" + at.key.String()[:8]
	case at.line == 0: // the input is gone, or the row is no longer in it
		return ix.idOf(i, recorded)
	case row.id == 0:
		return ix.idOf(i, "")
	case !again && row.id == ix.hashOf(recorded): // without reading the row again
		return recorded
	}
	own, _ := in.rowIn(read, ix, i, row)
	return own
}
