package chat

import (
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/attach"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// attachedMsg is the reply of reading files: what they hold, and why others were refused. typed is the text that named them.
type attachedMsg struct {
	chat  string
	typed string
	paths []string
	parts []session.Part
	why   []string
}

// undo is what a paste was before it became files: the text, and how many chips stand for it.
type undo struct {
	text  string
	chips int
}

const (
	mostRecent  = 8
	mostLooked  = 16 << 10 // bytes of a paste that may be paths
	filesBefore = 2        // refusals that are told one by one
)

// mayBePaths tells text that may name files from such that can't, at no cost.
func mayBePaths(s string) bool {
	return len(s) <= mostLooked && (looksLikeAName(s) || strings.ContainsRune(s, '/') || strings.ContainsRune(s, filepath.Separator))
}

// looksLikeAName: one word with an ending, such as notes.md, may be a file that is right here.
func looksLikeAName(s string) bool {
	s = strings.TrimSpace(s)
	return s != "" && !strings.ContainsAny(s, " \t\n") && filepath.Ext(s) != ""
}

// attach takes the files whose paths are typed, if that is all that is; else it asks for one.
func (m *Model) attach() tea.Cmd {
	m.writing()
	if typed := m.compose.area.Value(); mayBePaths(typed) {
		return m.lookAt(typed, m.pickFile())
	}
	return m.pickFile()
}

// pickFile asks for a file.
func (m *Model) pickFile() tea.Cmd {
	dir := ""
	if len(m.recent) > 0 {
		dir = filepath.Dir(m.recent[0])
	}
	chat := m.chat.ID
	return overlay.Open(overlay.Files(overlay.FilesOptions{Title: "attach a file", Dir: dir, Recent: slices.Clone(m.recent),
		Choose: func(path string) tea.Cmd {
			return func() tea.Msg { return readFiles(chat, "", []string{path}) }
		}}))
}

// lookAt reads the files that typed text names, if it is nothing but the paths of files that are there; else it goes on with other.
func (m *Model) lookAt(typed string, other tea.Cmd) tea.Cmd {
	chat := m.chat.ID
	return func() tea.Msg {
		paths := attach.Existing(attach.Paths(typed))
		switch {
		case paths != nil:
			return readFiles(chat, typed, paths)
		case other != nil:
			return other()
		}
		return nil
	}
}

func readFiles(chat, typed string, paths []string) tea.Msg {
	msg := attachedMsg{chat: chat, typed: typed}
	for _, path := range paths {
		p, err := attach.Read(path)
		if err != nil {
			msg.why = append(msg.why, err.Error())
			continue
		}
		msg.parts = append(msg.parts, p)
		msg.paths = append(msg.paths, path)
	}
	return msg
}

// attached makes what was read chips of the composer. The text that named them goes; if it was changed meanwhile, it was meant as text.
func (m *Model) attached(msg attachedMsg) tea.Cmd {
	m.stale = true
	refused := m.refused(msg.why)
	switch {
	case msg.chat != m.chat.ID && msg.typed != "":
		return nil
	case msg.chat != m.chat.ID:
		return pane.Toast(state.Warn, "another chat is open by now: nothing was attached")
	case len(msg.parts) == 0 || msg.typed != "" && len(msg.why) > 0: // all of the paths or none: what is left would be half a text
		return refused
	}
	was := m.compose.trail
	m.compose.keep(changedOther, true)
	if msg.typed != "" && !m.compose.area.RemoveLast(msg.typed) {
		m.compose.trail = was
		return nil
	}
	m.compose.files = append(m.compose.files, chipsOf(msg.parts)...)
	if msg.typed != "" {
		m.compose.undo = undo{text: msg.typed, chips: len(msg.parts)}
	}
	m.compose.changed()
	for _, path := range msg.paths {
		m.recent = slices.DeleteFunc(m.recent, func(s string) bool { return s == path })
		m.recent = slices.Insert(m.recent, 0, path)
	}
	m.recent = m.recent[:min(len(m.recent), mostRecent)]
	return tea.Batch(m.saveSoon(), refused)
}

func (m *Model) refused(why []string) tea.Cmd {
	if len(why) == 0 {
		return nil
	}
	s := "not attached: " + strings.Join(why[:min(len(why), filesBefore)], "; ")
	if n := len(why) - filesBefore; n > 0 {
		s += "; and " + digitsOf(n) + " more"
	}
	return pane.Toast(state.Warn, text.Line(s))
}

// back takes files off again: those that a paste just became turn back into its text; at the begin of the text the last one goes.
func (c *composer) back() bool {
	switch n := len(c.files); {
	case c.undo.chips > 0 && c.undo.chips <= n:
		c.keep(changedOther, true)
		c.files = c.files[:n-c.undo.chips]
		c.area.InsertString(c.undo.text)
		c.undo = undo{}
	case n > 0 && c.atStart():
		c.keep(changedOther, true)
		c.files = c.files[:n-1]
	default:
		return false
	}
	c.changed()
	return true
}

// atStart reports that the cursor stands before all that is written.
func (c *composer) atStart() bool {
	row, col := c.area.Position()
	return row == 0 && col == 0
}
