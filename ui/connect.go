package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// defaultRelay is the URL that the prompt starts with.
const defaultRelay = "https://api.holysheep.ai/v1"

// whyNoConnect is why relays can't be connected from the dashboard, "" if they can.
func (m *model) whyNoConnect() string {
	if m.opts.Connect == nil {
		return "not from here: run `relaytop init`"
	}
	return ""
}

// openConnect asks for a relay's URL, then for its key. The program goes on with the relay that it was started with.
func (m *model) openConnect() tea.Cmd {
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "connect a relay", Label: "Base URL of the relay",
		Value: defaultRelay,
		Check: func(url string) string {
			if strings.TrimSpace(url) == "" {
				return "a URL is needed, such as " + defaultRelay
			}
			return ""
		},
		Done: m.askKey}))
}

func (m *model) askKey(url string) tea.Cmd {
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "connect a relay", Masked: true,
		Label: "API key. It is tested, perhaps by one small paid request", Placeholder: "empty for no key",
		Done: func(key string) tea.Cmd { return m.connect(strings.TrimSpace(url), strings.TrimSpace(key)) }}))
}

// connect tests and saves a relay off the program's goroutine, and shows the result.
func (m *model) connect(url, key string) tea.Cmd {
	try := m.opts.Connect
	return tea.Batch(m.toast.show(state.Info, "testing the relay"), func() tea.Msg {
		found, err := try(url, key)
		if err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: text.Line("not connected, nothing was written: " + err.Error())}
		}
		return pane.ToastMsg{Level: state.Info, Text: text.Line("saved: restart relaytop to use it (" + found + ")")}
	})
}
