package compose

// history is the questions of the open chat.
type history struct {
	list  []string
	at    int    // the one that is shown; len(list): the draft
	draft string // the text of the draft, while a question is shown
}

func (h *history) add(s string) {
	if n := len(h.list); n == 0 || h.list[n-1] != s {
		h.list = append(h.list, s)
	}
	h.at = len(h.list)
}

// recall shows an older or a newer question. The draft comes after the newest.
func (m *Model) recall(delta int) bool {
	h := &m.sent
	to := h.at + delta
	if to < 0 || to > len(h.list) {
		return false
	}
	m.remember(changeOther, true)
	if h.at == len(h.list) {
		h.draft = m.editor.Value()
	}
	h.at = to
	s := h.draft
	if to < len(h.list) {
		s = h.list[to]
	}
	m.editor.SetValue(s)
	if delta < 0 { // on the first row, so that the next key goes on
		m.editor.MoveToBegin()
		m.editor.CursorEnd()
	}
	m.draft.markUnsaved()
	return true
}
