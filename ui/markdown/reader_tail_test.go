package markdown

import "slices"

// tail is the block that a container ends in, if a further line may continue it.
type tail struct {
	kind   tailKind
	lines  []ln // of a paragraph
	edge   int  // of the container that the paragraph is in
	quotes int  // that end in it too
}

// tailKey says which lines of which container end in a tail: the first and the last one.
type tailKey struct {
	first, last int
	depth       depths
}

type tailKind int

const (
	noTail tailKind = iota
	fenceTail
	tableTail
	paragraphTail
)

// tailOf returns what the lines of a container end in.
func (r *reader) tailOf(lines []ln, depth depths, edge int) tail {
	if len(lines) == 0 {
		return tail{}
	}
	key := tailKey{lines[0].at, lines[len(lines)-1].at, depth}
	t, ok := r.before[key]
	if !ok {
		dry, define := r.dry, r.define
		r.dry, r.define = true, false
		r.blocks(lines, depth, edge)
		t, r.dry, r.define = r.last, dry, define
		r.before[key] = t
	}
	return t
}

// continuedBy reports whether a line that starts no block continues the tail without the indentation of its item.
// Code in a quote needs the marks.
func (t tail) continuedBy(l ln) bool {
	for range t.quotes {
		if t.kind == fenceTail {
			n := len(quoteStart.FindString(l.s))
			if n == 0 {
				return false
			}
			l = l.from(n)
		}
	}
	return t.kind != noTail
}

// mathTo returns how many of the lines behind the container's last paragraph are in math that it has opened.
func (t tail) mathTo(lines []ln) int {
	if t.kind != paragraphTail || t.quotes > 0 {
		return 0
	}
	n := 0
	for _, in := range inMath(append(slices.Clone(t.lines), lines...), t.edge)[len(t.lines):] {
		if !in {
			break
		}
		n++
	}
	return n
}
