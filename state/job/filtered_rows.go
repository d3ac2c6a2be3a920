package job

// RowsWhere returns up to n of the rows that keep accepts, from the from-th of them on (0-based), and how many it
// accepts. Like Rows it reads no disk. It visits every row of the index: a million take a few milliseconds.
func (b *Book) RowsWhere(id string, keep func(o Outcome, fellBack bool) bool, from, n int) (rows []Row, total int) {
	r := b.run(id)
	if r == nil {
		return nil, 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows.ix == nil || from < 0 {
		return nil, 0
	}
	n = min(n, maxRows)
	var missing []int
	for i := range r.rows.ix.len {
		outcome, fell := r.rows.outcome(i)
		if outcome == RowElsewhere || !keep(outcome, fell) {
			continue
		}
		if total++; total <= from || len(rows) >= n {
			continue
		}
		row, loaded := r.shown.row(i)
		if !loaded {
			missing = append(missing, i)
		}
		rows = append(rows, row)
	}
	r.shown.load(missing, r.signals.loader)
	return rows, total
}
