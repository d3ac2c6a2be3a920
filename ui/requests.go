package ui

import (
	"cmp"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// listedRequests is how many of the newest requests a list looks at: as many as the store keeps.
const listedRequests = 1000

// openRequests lists the requests in memory that a filter keeps, the slowest first, failed ones before them: enter
// inspects one.
func (m *model) openRequests(f pane.RequestFilter) tea.Cmd {
	all := m.store.Requests().List(listedRequests)
	oldest := ""
	if len(all) == listedRequests {
		oldest = ", of the newest " + widget.Count(listedRequests)
	}
	kept := slices.DeleteFunc(all, func(l state.RequestLine) bool { return !f.Keeps(&l) })
	slices.SortStableFunc(kept, func(a, b state.RequestLine) int { return cmp.Compare(b.E2E, a.E2E) })
	choices := make([]overlay.Choice, len(kept))
	for i := range kept {
		choices[i] = m.requestChoice(&kept[i])
	}
	title := fmt.Sprintf("requests %s%s", f.String(), oldest)
	var older overlay.PickerAlternative
	if m.store.Requests().Stored() {
		older = overlay.PickerAlternative{Key: "ctrl+f", Does: "all that are stored", Do: m.findRequests}
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{Title: title, Choices: choices, Width: 116,
		Alternative: older,
		Placeholder: "type to filter by model, endpoint or class", Empty: "no request that is still in memory ended then",
		Columns: []widget.Column{{Title: "model", Width: 20}, {Title: "endpoint", Width: 12}, {Title: "state", Width: 14},
			{Title: "TTFT", Width: 8, Right: true}, {Title: "E2E", Width: 8, Right: true},
			{Title: "cost", Width: 10, Right: true}}}))
}

// requestChoice is a line of the list.
func (m *model) requestChoice(l *state.RequestLine) overlay.Choice {
	st := m.env.Styles
	how, ink := "ok", st.OK
	switch {
	case l.Class != "":
		how, ink = string(l.Class), st.Error
	case !l.Status.Answered():
		how, ink = string(l.Status), st.Warn
	case l.Attempts > 1:
		how, ink = "ok after retry", st.Warn
	}
	cost := widget.None
	if l.Cost.Known() {
		cost = widget.About(l.Cost.Amount.Dollars(), l.Cost.Estimated)
	}
	latency := func(d int64, f widget.Figure) string {
		if d <= 0 {
			return widget.None
		}
		return f.String()
	}
	inspect := pane.InspectMsg{ID: l.ID, What: "request", Why: "a request from this list is not sent again from here"}
	return overlay.Choice{Title: l.At.Format("15:04:05"),
		Cells: []string{text.Line(l.Model), text.Line(l.Endpoint), how, latency(int64(l.TTFT), widget.Duration(l.TTFT)),
			latency(int64(l.E2E), widget.Duration(l.E2E)), cost},
		Inks: []style.Ink{st.Text, st.Muted, ink, st.Text, st.Text, st.Text},
		Run:  func() tea.Msg { return inspect }}
}
