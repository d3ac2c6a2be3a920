package compose

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// change is a kind of change. Consecutive changes of one kind are undone together.
type change uint8

const (
	changeOther  change = iota // undone alone
	changeTyped                // undone word by word
	changeErased               // characters, one by one
)

// undoBytes bounds the size of the revisions that are kept.
const undoBytes = 4 << 20

// undo is the revisions before and after the shown one, so that no key can lose typed text.
type undo struct {
	back, forth []revision
	last        change
}

// revision is the content of the composer.
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

// remember keeps the revision before a change. word: the change begins a word.
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

// edit passes a key to the editor and reports whether it changed the text.
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

// Undo undoes the last change.
func (m *Model) Undo() tea.Cmd { return m.step(&m.undo.back, &m.undo.forth) }

// Redo redoes the change that was undone last.
func (m *Model) Redo() tea.Cmd { return m.step(&m.undo.forth, &m.undo.back) }

// step shows the last revision of one list and puts the present one on the other.
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
	return m.draft.changed(m.chat)
}

// WhyUndo returns why there is nothing to undo; "" if there is.
func (m *Model) WhyUndo() string {
	if len(m.undo.back) == 0 {
		return "nothing was changed"
	}
	return ""
}

// WhyRedo returns why there is nothing to redo; "" if there is.
func (m *Model) WhyRedo() string {
	if len(m.undo.forth) == 0 {
		return "nothing was undone"
	}
	return ""
}
