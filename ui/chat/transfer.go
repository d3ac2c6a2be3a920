package chat

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/disk"
	"relaytop/state/portable"
	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// export asks for a file to write a chat to. The extension of its name chooses the format.
func (l library) export(c session.Header) tea.Cmd {
	chat, title := c.ID, c.Title
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{
		Title: "export the chat", Label: "the file: " + purposes(),
		Value: portable.FileName(title, "md"),
		Check: func(path string) string {
			if portable.FormatOf(path) == "" {
				return "its name must end in " + portable.Extensions()
			}
			return ""
		},
		Done: func(path string) tea.Cmd { return l.exportTo(chat, path, false) },
	}))
}

// purposes lists the extensions of the formats, each with its use.
func purposes() string {
	var list []string
	for _, f := range slices.Backward(portable.Formats()) {
		list = append(list, f.Extensions[0]+" "+f.Does)
	}
	return strings.Join(list, ", ")
}

// exportTo writes the file. It asks before it replaces one.
func (l library) exportTo(chat, path string, replace bool) tea.Cmd {
	store := l.store
	return func() tea.Msg {
		name := wholePath(path)
		c, err := store.Library.Export(chat)
		if err == nil {
			format := portable.FormatOf(name)
			err = portable.Save(name, replace, func(w io.Writer) error { return portable.Write(w, c, format) })
		}
		if errors.Is(err, portable.ErrExists) {
			return overlay.OpenMsg{Dialog: overlay.Confirm("Replace "+text.Line(filepath.Base(name))+"?",
				"Its content is lost: "+text.Line(name), l.exportTo(chat, path, true))}
		}
		return pane.Report("not exported", "exported to "+text.Line(name), err)
	}
}

// wholePath makes a typed path absolute.
func wholePath(path string) string {
	home, _ := os.UserHomeDir() // not known: a ~ stays
	path = disk.ExpandHome(strings.TrimSpace(path), home)
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// importChat asks for a file, shows what it holds, and keeps that as a new chat if the person confirms.
func (l library) importChat() tea.Cmd {
	return overlay.Open(overlay.Files(overlay.FilesOptions{Title: "import a chat", Only: "JSON",
		Accept: func(name string) bool { return portable.FormatOf(name) == "json" },
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
			id, err := store.Library.Import(c)
			if err != nil {
				return pane.Report("not imported", "", err)
			}
			return openMsg(id)
		}
		return overlay.OpenMsg{Dialog: overlay.Confirm("Import "+text.Line(filepath.Base(path))+" as a new chat?",
			portable.Summary(c), keep)}
	}
}
