package chat

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// export asks where to: the end of the name says as what.
func (l library) export(c session.Header) tea.Cmd {
	chat, title := c.ID, c.Title
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "export the chat", Label: "the file: .md to be read, .json to be imported again",
		Value: portable.FileName(title, "md"),
		Check: func(path string) string {
			if portable.Kind(path) == "" {
				return "its name must end in .md or .json"
			}
			return ""
		},
		Done: func(path string) tea.Cmd { return l.exportTo(chat, path, false) },
	}))
}

// exportTo writes the file. One that is there is replaced only after a question.
func (l library) exportTo(chat, path string, replace bool) tea.Cmd {
	store := l.store
	return func() tea.Msg {
		name := wholePath(path)
		c, err := store.Export(chat)
		if err == nil {
			err = portable.Save(name, replace, func(w io.Writer) error { return portable.Write(w, c, portable.Kind(name)) })
		}
		if errors.Is(err, portable.ErrExists) {
			return overlay.OpenMsg{Dialog: overlay.Confirm("Replace "+text.Line(filepath.Base(name))+"?",
				"What is in it is lost: "+text.Line(name), l.exportTo(chat, path, true))}
		}
		return pane.Report("not exported", "exported to "+text.Line(name), err)
	}
}

// wholePath is a typed path from the root on.
func wholePath(path string) string {
	path = strings.TrimSpace(path)
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// importChat asks for a file, shows what is in it, and keeps it as a new chat if that is what is wanted.
func (l library) importChat() tea.Cmd {
	return overlay.Open(overlay.Files(overlay.FilesOptions{Title: "import a chat", Only: "JSON",
		Accept: func(name string) bool { return portable.Kind(name) == "json" },
		Choose: func(path string) tea.Cmd { return l.preview(path) }}))
}

func (l library) preview(path string) tea.Cmd {
	store := l.store
	return func() tea.Msg {
		c, err := portable.ReadFile(path)
		if err != nil {
			return overlay.OpenMsg{Dialog: overlay.Message("not imported", filepath.Base(path), err.Error())}
		}
		keep := func() tea.Msg {
			id, err := store.Import(c)
			if err != nil {
				return pane.Report("not imported", "", err)
			}
			return openMsg(id)
		}
		return overlay.OpenMsg{Dialog: overlay.Confirm("Import "+text.Line(filepath.Base(path))+" as a new chat?",
			portable.Summary(c), keep)}
	}
}
