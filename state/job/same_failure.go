package job

import "relaytop/relay"

// alikeRows is how many rows that fail alike, from the first one on, pause a run.
const alikeRows = 20

// alike counts how the first rows of a run fail.
type alike struct {
	class relay.Class
	n     int
	over  bool
}

// add counts the class of an ended row, "" if it succeeded, and reports whether the first rows have all failed alike.
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
