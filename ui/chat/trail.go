package chat

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// change is a sort of change of what is written. What follows one of the same sort is taken back with it.
type change uint8

const (
	changedOther  change = iota // stands alone
	changedTyped                // one word
	changedErased               // characters, one by one
)

// trailBytes bounds how much of what was written before is kept.
const trailBytes = 4 << 20

// trail is what was written before each change, so that nothing that was typed is lost by a key.
type trail struct {
	back, forth []revision
	last        change
}

// revision is all that the composer holds.
type revision struct {
	text     string
	row, col int
	files    []chip
	edits    int64
}

// size is about how much it holds, in bytes.
func (r *revision) size() int {
	n := 256 + len(r.text)
	for i := range r.files {
		n += len(r.files[i].Text) + len(r.files[i].Image)
	}
	return n
}

func (c *composer) revision() revision {
	row, col := c.area.Position()
	return revision{text: c.area.Value(), row: row, col: col, files: slices.Clone(c.files), edits: c.edits}
}

// keep is called before a change. word: a new word begins with it.
func (c *composer) keep(what change, word bool) {
	t := &c.trail
	if t.forth = nil; what != changedOther && what == t.last && !word {
		return
	}
	t.last = what
	t.back = append(t.back, c.revision())
	size := 0
	for i := len(t.back) - 1; i >= 0; i-- {
		if size += t.back[i].size(); size > trailBytes && i < len(t.back)-1 {
			t.back = slices.Clone(t.back[i+1:])
			break
		}
	}
}

// press hands a key to the text and reports whether that changed it.
func (c *composer) press(k tea.KeyPressMsg) bool {
	what, word := changedErased, false
	switch {
	case k.Text != "":
		what, word = changedTyped, strings.TrimSpace(k.Text) == ""
	case k.Mod != 0:
		what = changedOther // more than a character
	}
	was := c.trail
	c.keep(what, word)
	if c.area.Press(k) {
		return true
	}
	c.trail = was
	c.trail.last = changedOther // the cursor moved
	return false
}

// takeBack goes to what was written before the last change, or again to what was taken back.
func (c *composer) takeBack(again bool) {
	from, to := &c.trail.back, &c.trail.forth
	if again {
		from, to = to, from
	}
	n := len(*from) - 1
	if n < 0 {
		return
	}
	was := (*from)[n]
	*from = (*from)[:n]
	*to = append(*to, c.revision())
	c.area.SetValue(was.text)
	c.area.SetPosition(was.row, was.col)
	c.files, c.edits, c.undo = was.files, was.edits, undo{}
	c.trail.last = changedOther
	c.changed()
}

// drop empties the composer. It can be taken back.
func (c *composer) drop() {
	c.keep(changedOther, true)
	c.area.SetValue("")
	c.files, c.undo, c.edits = nil, undo{}, 0
	c.at = len(c.history)
	c.changed()
}
