package job

import (
	"slices"
	"time"

	"relaytop/state/job/input"
)

// rowKey is what a row is found by in any version of its input.
type rowKey struct {
	key input.Key
	occ int
}

// removed are rows that the journal has and the input no longer has. Those with an outcome stand behind the rows of
// the input in the index: they are never sent and stay in the totals, and in the output unless a row of the input
// took their place. The others are forgotten.
type removed struct {
	rows  map[rowKey]*row // not in the index
	order []rowKey        // of rows, in the order of the journal
}

// at is the row of a record.
func (m *removed) at(k input.Key, occ int, id uint32) *row {
	p := rowKey{k, occ}
	if m.rows == nil {
		m.rows = map[rowKey]*row{}
	}
	if m.rows[p] == nil {
		m.rows[p] = &row{}
		m.order = append(m.order, p)
	}
	m.rows[p].id = id
	return m.rows[p]
}

// take is at for a row that gets a place in the index.
func (m *removed) take(p rowKey, id uint32) *row {
	row := m.at(p.key, p.occ, id)
	delete(m.rows, p)
	m.order = slices.DeleteFunc(m.order, func(o rowKey) bool { return o == p })
	return row
}

// placeRemoved puts the removed rows that have an outcome behind the rows of the input, and counts them.
func (r *rows) placeRemoved(h *Header) {
	var left []rowKey
	var named map[uint32]int
	moved := r.moved()
	for _, p := range r.removed.order {
		row := r.removed.rows[p]
		if row.outcome == Pending {
			left = append(left, p)
			continue
		}
		if named == nil {
			named = r.ix.named()
		}
		r.place(row, p, named, moved)
		delete(r.removed.rows, p)
	}
	r.removed.order = left
	h.Rows, h.Removed, h.Replaced = r.ix.len-h.Elsewhere, r.ix.len-r.ix.ofInput(), 0
	for i := r.ix.ofInput(); i < r.ix.len; i++ {
		if r.ix.at(i).flags&flagReplaced != 0 {
			h.Replaced++
		}
	}
}

// moved reports whether a row of the input that has no id stands at another place than when it was sent. Then the
// number of such a row does not say which row took its place.
func (r *rows) moved() bool {
	for i := range r.ix.ofInput() {
		if row := r.ix.at(i); row.id == 0 && row.flags&flagMoved != 0 {
			return true
		}
	}
	return false
}

// place puts a removed row behind the rows of the input. named are the rows by the hashes of their ids. moved is as
// the method says.
func (r *rows) place(row *row, p rowKey, named map[uint32]int, moved bool) {
	switch i, taken := named[row.id]; {
	case taken && i < r.ix.ofInput() && (r.ix.at(i).id != 0 || !moved):
		row.flags |= flagReplaced
	case taken:
		row.flags |= flagRenamed
	}
	r.ix.addRemoved(*row, p)
	if row.flags&flagReplaced == 0 {
		named[row.id] = r.ix.len - 1
	}
}

// named are the rows by the hashes of their ids.
func (ix *index) named() map[uint32]int {
	rows := make(map[uint32]int, ix.len)
	for i := range ix.len {
		id := ix.at(i).id
		if id == 0 {
			id = ix.hashOf(input.RowName(i))
		}
		rows[id] = i
	}
	return rows
}

// addRemoved adds a row that is not in the input, under the occurrence that it had.
func (ix *index) addRemoved(r row, p rowKey) {
	if ix.removed == 0 {
		ix.removed = ix.len
	}
	ix.append(r, place{key: p.key})
	ix.insertAt(ix.len-1, p.occ)
}

// ofInput is the number of rows that the input has. Rows from there on are no longer in it.
func (ix *index) ofInput() int {
	if ix.removed > 0 {
		return ix.removed
	}
	return ix.len
}

// Change is how an input differs from what it was when the run last read it. Rows that were not sent yet can't be
// compared: of them only the number is known.
type Change struct{ Came, Went, Changed int }

// None reports whether no row differs, as in an input that was only sorted.
func (c *Change) None() bool { return *c == Change{} }

// seenInput is an input as a run has read it.
type seenInput struct {
	At      time.Time `json:"at"`
	Size    int64     `json:"size"`
	SHA256  string    `json:"sha256"`
	Rows    int       `json:"rows"`
	Removed int       `json:"removed"` // rows of the journal that were not in it
}

// lastSeen is the input as the run last read it; nil: it never did.
func (m *manifest) lastSeen() *seenInput {
	if n := len(m.Inputs); n > 0 {
		return &m.Inputs[n-1]
	}
	if m.Input.SHA256 == nil {
		return nil
	}
	return &seenInput{Size: m.Input.Size, SHA256: *m.Input.SHA256, Rows: m.Rows} // a manifest of an earlier version
}

// see adds the input to those that the run has read, and says how it differs from the one before.
func (m *manifest) see(before *seenInput, rows *rows, at time.Time) *Change {
	now := seenInput{At: at, Size: m.Input.Size, SHA256: *m.Input.SHA256, Rows: m.Rows,
		Removed: rows.ix.len - rows.ix.ofInput() + len(rows.removed.order)}
	if before == nil {
		m.Inputs = append(m.Inputs, now)
		return nil
	}
	c := rows.change(before, &now)
	if c != nil {
		m.Inputs = append(m.Inputs, now)
	}
	return c
}

// change compares an input with the one before it; nil: they are the same.
func (r *rows) change(before, now *seenInput) *Change {
	if before.SHA256 == now.SHA256 {
		return nil
	}
	gone := max(now.Removed-before.Removed, 0)
	c := Change{Changed: min(r.changed(), gone)}
	c.Went = max(gone-c.Changed, before.Rows-now.Rows)
	c.Came = now.Rows - before.Rows + c.Went
	return &c
}

// changed counts the removed rows whose id a row of the input has that was never sent.
func (r *rows) changed() int {
	if r.ix.removed == 0 && len(r.removed.order) == 0 {
		return 0
	}
	unsent, moved := map[uint32]bool{}, r.moved()
	for i := range r.ix.ofInput() {
		row := r.ix.at(i)
		if row.id == 0 && moved || row.outcome != Pending || row.jrn != 0 || row.flags&flagTwice != 0 {
			continue
		}
		id := row.id
		if id == 0 {
			id = r.ix.hashOf(input.RowName(i))
		}
		unsent[id] = true
	}
	n := 0
	for i := r.ix.ofInput(); i < r.ix.len; i++ {
		if unsent[r.ix.at(i).id] {
			n++
		}
	}
	for _, p := range r.removed.order {
		if unsent[r.removed.rows[p].id] {
			n++
		}
	}
	return n
}
