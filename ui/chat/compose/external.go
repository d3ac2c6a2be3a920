package compose

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// editedMsg is the message as the external editor left it.
type editedMsg struct {
	chat       string
	text, file string
	err        error
}

// OpenEditor opens the text in the external editor.
func (m *Model) OpenEditor() tea.Cmd {
	chat := m.chat
	return m.external.Open(m.editor.Value(), func(text, file string, err error) tea.Msg {
		return editedMsg{chat: chat, text: text, file: file, err: err}
	})
}

// edited takes the text from the external editor. If another chat is open, the file stays and a toast names it.
func (m *Model) edited(msg editedMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		return pane.Toast(state.Bad, "the editor: "+text.Line(msg.err.Error()))
	case msg.chat != m.chat:
		return warn("another chat is open: your text is in " + text.Line(msg.file))
	}
	m.remember(changeOther, true)
	m.editor.SetValue(msg.text)
	return tea.Batch(m.draft.changed(m.chat), m.external.Remove(msg.file))
}

// External is the user's own editor, which runs in the terminal.
type External struct {
	Command string // its command line; "": $VISUAL, $EDITOR, then vi
}

// Open opens a text in the editor. reply makes the message that brings it back; file holds it until Remove.
func (e External) Open(text string, reply func(text, file string, err error) tea.Msg) tea.Cmd {
	line := e.Command
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if line == "" {
			line = os.Getenv(name)
		}
	}
	if strings.TrimSpace(line) == "" {
		line = "vi"
	}
	return func() tea.Msg {
		file, err := draftFile(text)
		if err != nil {
			return reply("", "", err)
		}
		args := append(strings.Fields(line), file)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin = os.Stdin // the terminal itself: the screen's reader cannot be shared with a process
		return tea.ExecProcess(cmd, func(err error) tea.Msg {
			return reply(readBack(file, err))
		})()
	}
}

// Remove deletes the file of Open.
func (External) Remove(file string) tea.Cmd {
	return func() tea.Msg { return pane.Report("the editor's file was not removed", "", os.Remove(file)) }
}

// draftFile writes a text to a new file that only its owner can read.
func draftFile(s string) (string, error) {
	f, err := os.CreateTemp("", "relaytop-*.md")
	if err != nil {
		return "", fmt.Errorf("making a file for the draft: %w", err)
	}
	if _, err = f.WriteString(s); err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", fmt.Errorf("writing the draft: %w", err)
	}
	return f.Name(), nil
}

// readBack reads the text from the editor's file.
func readBack(file string, err error) (text, kept string, _ error) {
	b, rerr := os.ReadFile(file)
	if err == nil {
		err = rerr
	}
	if err != nil {
		return "", file, err
	}
	return strings.TrimRight(string(b), "\n"), file, nil
}
