package chat

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// editedMsg is what the editor left of a message that is being written.
type editedMsg struct {
	chat string
	edit
}

// edit is a text that was written in an editor.
type edit struct {
	text string
	kept string // the file, where the text could not be taken back
	err  error
}

// editor opens what is typed in an editor of the user's own.
func (m *Model) editor() tea.Cmd {
	chat := m.chat.ID
	m.writing()
	return m.inEditor(m.compose.area.Value(), func(e edit) tea.Msg { return editedMsg{chat, e} })
}

// inEditor opens a text in the editor; reply makes the message that brings it back.
func (m *Model) inEditor(draft string, reply func(edit) tea.Msg) tea.Cmd {
	line := m.opts.Editor
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if line == "" {
			line = os.Getenv(name)
		}
	}
	if strings.TrimSpace(line) == "" {
		line = "vi"
	}
	return func() tea.Msg {
		file, err := draftFile(draft)
		if err != nil {
			return reply(edit{err: err})
		}
		args := append(strings.Fields(line), file)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin = os.Stdin // the terminal itself: what the screen reads from is no file that a process can be given
		return tea.ExecProcess(cmd, func(err error) tea.Msg {
			return reply(readBack(file, err))
		})()
	}
}

// draftFile writes the draft where only its owner reads it.
func draftFile(draft string) (string, error) {
	f, err := os.CreateTemp("", "relaytop-*.md")
	if err != nil {
		return "", fmt.Errorf("a file for the draft: %w", err)
	}
	if _, err = f.WriteString(draft); err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", fmt.Errorf("writing the draft: %w", err)
	}
	return f.Name(), nil
}

func readBack(file string, err error) edit {
	b, rerr := os.ReadFile(file)
	if err == nil {
		err = rerr
	}
	if err != nil {
		return edit{kept: file, err: err}
	}
	return edit{text: strings.TrimRight(string(b), "\n"), kept: file}
}

// forget removes the file of a draft that was taken back.
func forget(file string) tea.Cmd {
	return func() tea.Msg {
		if err := os.Remove(file); err != nil {
			return doneMsg{what: "the editor's file stayed", err: err}
		}
		return doneMsg{}
	}
}
