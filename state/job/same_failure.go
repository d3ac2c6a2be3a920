package job

import "relaytop/relay"

// alikeRows is how many rows, failing alike from the first on, pause a run.
const alikeRows = 20

// alike watches the first rows of a run.
type alike struct {
	class relay.Class
	n     int
	over  bool
}

// add takes in how a row ended ("" is well) and reports whether the first rows have all failed alike.
func (a *alike) add(c relay.Class) bool {
	if a.over {
		return false
	}
	if c == "" || a.n > 0 && c != a.class {
		a.over = true
		return false
	}
	a.class = c
	a.n++
	a.over = a.n == alikeRows
	return a.over
}
