package compose

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/attach"
	"relaytop/state/session"
	"relaytop/ui/editor"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// A paste longer than one of these becomes a file.
const (
	pasteRunes = 2000
	pasteLines = 40
)

// attachedMsg is the reply of reading files: their content, and why others were refused. typed is the text that named
// them.
type attachedMsg struct {
	chat    string
	typed   string
	paths   []string
	parts   []session.Part
	refused []string
}

// pasted is the text of a paste that became files, and how many chips those are.
type pasted struct {
	text  string
	chips int
}

const (
	maxRecent  = 8
	maxLooked  = 16 << 10 // bytes of a text that may be paths
	maxRefused = 2        // refusals that a toast lists
)

func warn(s string) tea.Cmd { return pane.Toast(state.Warn, s) }

// Paste inserts a text; it never sends. A long text becomes a file, and one that names files becomes those files.
func (m *Model) Paste(s string) tea.Cmd {
	m.files.pasted = pasted{}
	m.remember(changeOther, true)
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	if len([]rune(s)) > pasteRunes || strings.Count(strings.TrimSuffix(s, "\n"), "\n")+1 > pasteLines {
		name := "paste " + strconv.Itoa(len(m.files.chips)+1)
		m.files.chips = append(m.files.chips, newChip(session.Part{Name: name, Text: s, Pasted: true}))
		return m.draft.changed(m.chat)
	}
	m.editor.InsertString(s)
	save := m.draft.changed(m.chat)
	if !mayBePaths(s) {
		return save
	}
	return tea.Batch(save, readTyped(m.chat, editor.Normalize(s), nil))
}

// mayBePaths reports whether a text may name files, without a look at the disk.
func mayBePaths(s string) bool {
	return len(s) <= maxLooked &&
		(mayBeName(s) || strings.ContainsRune(s, '/') || strings.ContainsRune(s, filepath.Separator))
}

// mayBeName reports whether a text is one word with an extension: notes.md may be a file in the working folder.
func mayBeName(s string) bool {
	s = trim(s)
	return s != "" && !strings.ContainsAny(s, " \t\n") && filepath.Ext(s) != ""
}

// Attach attaches the files whose paths are typed, if the text is nothing else. Otherwise it asks for a file.
func (m *Model) Attach() tea.Cmd {
	if typed := m.editor.Value(); mayBePaths(typed) {
		return readTyped(m.chat, typed, m.files.pick(m.chat))
	}
	return m.files.pick(m.chat)
}

// pick asks for a file to attach to a chat.
func (a *attachments) pick(chat string) tea.Cmd {
	dir := ""
	if len(a.recent) > 0 {
		dir = filepath.Dir(a.recent[0])
	}
	return overlay.Open(overlay.Files(overlay.FilesOptions{
		Title: "attach a file", Dir: dir, Recent: slices.Clone(a.recent),
		Choose: func(path string) tea.Cmd {
			return func() tea.Msg { return readFiles(chat, "", []string{path}) }
		},
	}))
}

// readTyped reads the files that a text names, if it is nothing but paths of existing files. Otherwise it runs other.
func readTyped(chat, typed string, other tea.Cmd) tea.Cmd {
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
			msg.refused = append(msg.refused, err.Error())
			continue
		}
		msg.parts = append(msg.parts, p)
		msg.paths = append(msg.paths, path)
	}
	return msg
}

// attached makes chips of the files that were read, and removes the text that named them. If that text has changed, it
// was meant as text and nothing is attached.
func (m *Model) attached(msg attachedMsg) tea.Cmd {
	refused := refusals(msg.refused)
	switch {
	case msg.chat != m.chat && msg.typed != "":
		return nil
	case msg.chat != m.chat:
		return warn("another chat is open by now: nothing was attached")
	case len(msg.parts) == 0, msg.typed != "" && len(msg.refused) > 0: // all files or none
		return refused
	}
	was := m.undo
	m.remember(changeOther, true)
	if msg.typed != "" && !m.editor.RemoveLast(msg.typed) {
		m.undo = was
		return nil
	}
	f := &m.files
	f.chips = append(f.chips, chipsOf(msg.parts)...)
	if msg.typed != "" {
		f.pasted = pasted{text: msg.typed, chips: len(msg.parts)}
	}
	for _, path := range msg.paths {
		f.recent = slices.DeleteFunc(f.recent, func(s string) bool { return s == path })
		f.recent = slices.Insert(f.recent, 0, path)
	}
	f.recent = f.recent[:min(len(f.recent), maxRecent)]
	return tea.Batch(m.draft.changed(m.chat), refused)
}

// refusals makes a toast of why files were not attached.
func refusals(why []string) tea.Cmd {
	if len(why) == 0 {
		return nil
	}
	s := "not attached: " + strings.Join(why[:min(len(why), maxRefused)], "; ")
	if n := len(why) - maxRefused; n > 0 {
		s += "; and " + strconv.Itoa(n) + " more"
	}
	return warn(text.Line(s))
}

// detach removes files: those that the last paste became turn back into its text; otherwise, with the cursor at the
// start of the text, it removes the last file.
func (m *Model) detach() bool {
	f := &m.files
	n := len(f.chips)
	row, col := m.editor.Position()
	switch {
	case f.pasted.chips > 0 && f.pasted.chips <= n:
		m.remember(changeOther, true)
		f.chips = f.chips[:n-f.pasted.chips]
		m.editor.InsertString(f.pasted.text)
		f.pasted = pasted{}
	case n > 0 && row == 0 && col == 0:
		m.remember(changeOther, true)
		f.chips = f.chips[:n-1]
	default:
		return false
	}
	m.draft.markUnsaved()
	return true
}
