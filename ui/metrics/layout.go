package metrics

// part is a chart, a table or a section of the pane.
type part uint8

// The parts.
const (
	partTTFT part = iota
	partE2E
	partTPOT
	partHeat
	partRequests
	partTokens
	partCost
	partAttempts
	partFlight
	partModels
	partEndpoints
	partLanes
	partLimits
	partBreakers
	partFailures
	partNow
	partSparks
	partAlarm
)

// grid is what the pane shows at sizes from w x h: rows of parts, from the top down. A row that does not fit goes to
// the next page.
type grid struct {
	w, h    int
	top     int  // blank lines above the first row
	gap     int  // blanks between two parts of a row
	between int  // blank lines between two rows
	heads   bool // tables have a heading
	rows    []row
}

// row is parts side by side. It takes at least so many lines; the lines that the rows of a page leave are dealt out
// by weight, in steps: a latency chart has its labels on plot lines only with 3n+1 of them. A row of no lines is
// drawn on the blank line below the row before it.
type row struct {
	least, weight, step int
	parts               []share
}

// share is a part and its share of a row's width.
type share struct {
	part   part
	weight int
}

// place is where a part is, in cells of the pane.
type place struct {
	part       part
	x, y, w, h int
}

// grids are all of them, the largest first. The last one is for any size.
func grids() []grid {
	return []grid{
		{w: 236, h: 56, top: 1, gap: 4, between: 1, heads: true, rows: []row{
			{12, 9, 3, []share{{partTTFT, 1}, {partE2E, 1}}},
			{11, 8, 1, []share{{partHeat, 2}, {partTPOT, 1}, {partTokens, 1}}},
			{9, 4, 1, []share{{partRequests, 1}, {partAttempts, 1}, {partCost, 1}, {partFlight, 1}}},
			{6, 2, 1, []share{{partModels, 2}, {partEndpoints, 1}, {partLanes, 1}}},
			{5, 1, 1, []share{{partLimits, 1}, {partFailures, 1}, {partNow, 1}, {partBreakers, 1}}},
		}},
		{w: 130, h: 41, top: 1, gap: 3, between: 1, heads: true, rows: []row{
			{15, 9, 3, []share{{partTTFT, 1}, {partE2E, 1}, {partHeat, 1}}},
			{13, 9, 1, []share{{partRequests, 1}, {partTokens, 1}, {partCost, 1}}},
			{6, 2, 1, []share{{partModels, 100}, {partEndpoints, 59}}},
			{3, 1, 1, []share{{partLimits, 100}, {partNow, 59}}},
			{15, 9, 3, []share{{partTPOT, 1}, {partAttempts, 1}, {partFlight, 1}}},
			{6, 2, 1, []share{{partLanes, 1}}},
			{4, 1, 1, []share{{partFailures, 1}, {partBreakers, 1}}},
		}},
		{w: 100, h: 20, gap: 3, between: 1, rows: []row{
			{9, 9, 3, []share{{partTTFT, 1}, {partE2E, 1}}},
			{0, 0, 1, []share{{partAlarm, 1}}},
			{5, 9, 1, []share{{partRequests, 1}, {partTokens, 1}, {partCost, 1}}},
			{4, 3, 1, []share{{partModels, 1}}},
			{9, 4, 1, []share{{partHeat, 1}, {partAttempts, 1}}},
			{9, 9, 3, []share{{partTPOT, 1}, {partFlight, 1}}},
			{4, 2, 1, []share{{partEndpoints, 1}, {partLanes, 1}}},
			{3, 1, 1, []share{{partLimits, 1}, {partNow, 1}}},
			{4, 1, 1, []share{{partFailures, 1}, {partBreakers, 1}}},
		}},
		{h: 14, gap: 3, between: 1, rows: []row{
			{9, 9, 3, []share{{partTTFT, 1}}},
			{0, 0, 1, []share{{partAlarm, 1}}},
			{4, 4, 1, []share{{partRequests, 1}, {partTokens, 1}}},
			{4, 3, 1, []share{{partModels, 1}}},
			{9, 9, 3, []share{{partE2E, 1}}},
			{5, 4, 1, []share{{partAttempts, 1}, {partCost, 1}}},
			{4, 3, 1, []share{{partEndpoints, 1}}},
			{9, 9, 1, []share{{partHeat, 1}}},
			{9, 9, 3, []share{{partTPOT, 1}}},
			{5, 4, 1, []share{{partFlight, 1}}},
			{4, 1, 1, []share{{partFailures, 1}}},
			{4, 3, 1, []share{{partLanes, 1}}},
			{3, 1, 1, []share{{partLimits, 1}}},
			{3, 1, 1, []share{{partNow, 1}}},
		}},
		{gap: 3, rows: []row{
			{8, 9, 1, []share{{partTTFT, 1}}},
			{1, 0, 1, []share{{partSparks, 1}}},
			{1, 0, 1, []share{{partAlarm, 1}}},
			{9, 9, 3, []share{{partE2E, 1}}},
			{9, 4, 1, []share{{partCost, 1}}},
			{9, 3, 1, []share{{partModels, 1}}},
		}},
	}
}

// contents tell the layout what the parts hold just now.
type contents interface {
	// most is the number of lines that a part can fill, 0 if it is empty and not shown.
	most(p part, heads bool) int
}

// layout is the pages of a pane.
type layout struct {
	grid  grid
	pages [][]place
}

// arrange lays the parts out on w x h cells.
func arrange(w, h int, c contents) layout {
	var l layout
	for _, g := range grids() {
		if w >= g.w && h >= g.h {
			l.grid = g
			break
		}
	}
	rest := l.grid.filled(c)
	for len(rest) > 0 {
		var page []row
		page, rest = l.grid.fill(rest, h)
		l.pages = append(l.pages, l.grid.place(page, w, h, c))
	}
	return l
}

// filled is the rows without the parts that are empty.
func (g *grid) filled(c contents) []row {
	var out []row
	for _, r := range g.rows {
		var parts []share
		for _, s := range r.parts {
			if c.most(s.part, g.heads) > 0 {
				parts = append(parts, s)
			}
		}
		if r.parts = parts; len(parts) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// fill takes the rows that fit on a page of h lines, at least one, and returns the others.
func (g *grid) fill(rows []row, h int) (page, rest []row) {
	used := g.top - g.between
	for _, r := range rows {
		need := g.lines(r)
		if used+need > h && len(page)+len(rest) > 0 {
			rest = append(rest, r)
			continue
		}
		page, used = append(page, r), used+need
	}
	return page, rest
}

// lines is the least that a row takes, with the blank lines before it.
func (g *grid) lines(r row) int {
	if r.least == 0 {
		return 0
	}
	return r.least + g.between
}

// place deals the lines that are left out to the rows, and gives each part its cells.
func (g *grid) place(rows []row, w, h int, c contents) []place {
	heights := g.heights(rows, h, c)
	var out []place
	y := g.top
	for i, r := range rows {
		sum, done := 0, 0
		for _, s := range r.parts {
			sum += s.weight
		}
		for _, s := range r.parts {
			x := done * (w + g.gap) / sum
			done += s.weight
			at := place{s.part, x, y, done*(w+g.gap)/sum - x - g.gap, heights[i]}
			if r.least == 0 {
				at.y, at.h = y-g.between, g.between
			}
			out = append(out, at)
		}
		if r.least > 0 {
			y += heights[i] + g.between
		}
	}
	return out
}

// heights are the lines of each row. The next step goes to the row that grew least for its weight.
func (g *grid) heights(rows []row, h int, c contents) []int {
	out, grown, most := make([]int, len(rows)), make([]int, len(rows)), make([]int, len(rows))
	left := h - g.top + g.between
	for i, r := range rows {
		out[i] = r.least
		left -= g.lines(r)
		for _, s := range r.parts {
			most[i] = max(most[i], c.most(s.part, g.heads))
		}
	}
	if left < 0 { // one row that is too high
		out[0] += left
	}
	for {
		next, best := -1, 0.0
		for i, r := range rows {
			if r.weight == 0 || r.step > left || out[i]+r.step > most[i] {
				continue
			}
			if v := float64(grown[i]+r.step) / float64(r.weight); next < 0 || v < best {
				next, best = i, v
			}
		}
		if next < 0 {
			return out
		}
		step := rows[next].step
		out[next], grown[next], left = out[next]+step, grown[next]+step, left-step
	}
}
