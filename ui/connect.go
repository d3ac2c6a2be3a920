package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
)

// usualRelay stands in the first question.
const usualRelay = "https://api.holysheep.ai/v1"

// ifConnects says why a relay can't be connected from here.
func (m *model) ifConnects() string {
	if m.opts.Connect == nil {
		return "not from here: run `relaytop init`"
	}
	return ""
}

// openConnect asks for a relay's URL, then for its key. What is running goes on with the relay that it was started
// with.
func (m *model) openConnect() tea.Cmd {
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "connect a relay", Label: "Base URL of the relay",
		Value: usualRelay,
		Check: func(url string) string {
			if strings.TrimSpace(url) == "" {
				return "a URL is needed, such as " + usualRelay
			}
			return ""
		},
		Done: m.askKey}))
}

func (m *model) askKey(url string) tea.Cmd {
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "connect a relay", Masked: true,
		Label: "API key. It is tested, perhaps by one small paid request", Holder: "empty: none",
		Done: func(key string) tea.Cmd { return m.connect(strings.TrimSpace(url), strings.TrimSpace(key)) }}))
}

// connect tests and writes off the program's goroutine, and tells what came of it.
func (m *model) connect(url, key string) tea.Cmd {
	try := m.opts.Connect
	return tea.Batch(m.toast.show(state.Info, "testing the relay"), func() tea.Msg {
		said, err := try(url, key)
		if err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: text.Line("not connected, nothing was written: " + err.Error())}
		}
		return pane.ToastMsg{Level: state.Info, Text: text.Line("saved: restart relaytop to use it (" + said + ")")}
	})
}
