package compose

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// change is a kind of change of what is written. Changes of one kind that follow one another are undone together.
type change uint8

const (
	changeOther  change = iota // undone alone
	changeTyped                // undone word by word
	changeErased               // characters, one by one
)

// undoBytes bounds how much of what was written before is kept.
const undoBytes = 4 << 20

// undo is what was written before each change, so that nothing that was typed is lost by a key.
type undo struct {
	back, forth []revision
	last        change
}

// revision is all that the composer holds.
type revision struct {
	text     string
	row, col int
	chips    []chip
	edits    int64
}

// size is about how much a revision holds, in bytes.
func (r *revision) size() int {
	n := 256 + len(r.text)
	for i := range r.chips {
		n += len(r.chips[i].Text) + len(r.chips[i].Image)
	}
	return n
}

func (m *Model) revision() revision {
	row, col := m.editor.Position()
	return revision{text: m.editor.Value(), row: row, col: col, chips: slices.Clone(m.files.chips), edits: m.edits}
}

// remember is called before a change. word: a new word begins with it.
func (m *Model) remember(what change, word bool) {
	u := &m.undo
	if u.forth = nil; what != changeOther && what == u.last && !word {
		return
	}
	u.last = what
	u.back = append(u.back, m.revision())
	size := 0
	for i := len(u.back) - 1; i >= 0; i-- {
		if size += u.back[i].size(); size > undoBytes && i < len(u.back)-1 {
			u.back = slices.Clone(u.back[i+1:])
			break
		}
	}
}

// edit hands a key to the text and reports whether that changed it.
func (m *Model) edit(k tea.KeyPressMsg) bool {
	what, word := changeErased, false
	switch {
	case k.Text != "":
		what, word = changeTyped, strings.TrimSpace(k.Text) == ""
	case k.Mod != 0:
		what = changeOther // more than a character
	}
	was := m.undo
	m.remember(what, word)
	if m.editor.Press(k) {
		return true
	}
	m.undo = was
	m.undo.last = changeOther // the cursor moved
	return false
}

// Undo goes back to what was written before the last change.
func (m *Model) Undo() tea.Cmd { return m.step(&m.undo.back, &m.undo.forth) }

// Redo makes the change again that was undone last.
func (m *Model) Redo() tea.Cmd { return m.step(&m.undo.forth, &m.undo.back) }

// step takes a revision from one list and puts what is written now on the other.
func (m *Model) step(from, to *[]revision) tea.Cmd {
	n := len(*from) - 1
	if n < 0 {
		return nil
	}
	was := (*from)[n]
	*from = (*from)[:n]
	*to = append(*to, m.revision())
	m.editor.SetValue(was.text)
	m.editor.SetPosition(was.row, was.col)
	m.files.chips, m.files.pasted, m.edits = was.chips, pasted{}, was.edits
	m.undo.last = changeOther
	return m.changed()
}

// WhyUndo says why there is nothing to undo; "": there is.
func (m *Model) WhyUndo() string {
	if len(m.undo.back) == 0 {
		return "nothing was changed"
	}
	return ""
}

// WhyRedo says why there is nothing to redo; "": there is.
func (m *Model) WhyRedo() string {
	if len(m.undo.forth) == 0 {
		return "nothing was undone"
	}
	return ""
}
