package ui

import (
	"fmt"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/filter"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/widget"
)

// foundRequests is how many requests are read at once.
const foundRequests = 100

// notSearched says which requests the archive does not have.
const notSearched = "rows of batch runs are not searched: each run lists its own"

// findRequests searches the stored requests of any age, newest first, while a filter is typed: enter inspects one.
func (m *model) findRequests(typed string) tea.Cmd {
	pages := &requestPages{requests: m.store.Requests()}
	return overlay.Open(overlay.Search(overlay.SearchOptions{
		Title: "requests", Placeholder: "a filter, or words of a prompt or an answer", Typed: typed,
		None: "no stored request matches all of this; " + notSearched,
		Examples: [][2]string{
			{"err", "failed; also ok, retried, cut"},
			{">2s", "took longer, from when it was asked for to its end"},
			{"ttft>500ms", "the first token came later"},
			{"cost>0.01", "cost more, in dollars"},
			{"model:gpt at:backup", "of a model, and an endpoint; a part of the name will do"},
			{"lane:chat class:timeout", "of a lane, and a class of errors"},
			{"-retried", "without these; goes before any word"},
			{"refund monday", "these words in the prompt or the answer"},
		},
		Find: pages.find,
	}))
}

// requestPages numbers the places where pages of requests begin, from 1. Its methods may be called from any goroutine.
type requestPages struct {
	requests state.Requests

	mu     sync.Mutex
	places []filter.Place
}

func (p *requestPages) find(typed string, next int64) (overlay.Findings, error) {
	q := filter.Query{Filter: filter.Parse(typed), Limit: foundRequests}
	if next > 0 {
		p.mu.Lock()
		q.After = p.places[next-1]
		p.mu.Unlock()
	}
	lines, after, err := p.requests.Find(q)
	var out overlay.Findings
	if len(lines) > 0 { // a note would hide that nothing was found
		out.Note = notSearched
	}
	for i := range lines {
		out.List = append(out.List, requestFinding(&lines[i]))
	}
	if after != (filter.Place{}) {
		p.mu.Lock()
		p.places = append(p.places, after)
		out.Next = int64(len(p.places))
		p.mu.Unlock()
	}
	return out, err
}

// requestFinding is a request as the search shows it.
func requestFinding(l *state.RequestLine) overlay.Finding {
	cost := widget.None
	if l.Cost.Known() {
		cost = widget.About(l.Cost.Amount.Dollars(), l.Cost.Estimated)
	}
	how := []string{string(l.Status)}
	if l.Class != "" && string(l.Class) != how[0] {
		how = append(how, string(l.Class))
	}
	if l.Attempts > 1 {
		how = append(how, relay.Counted(l.Attempts, "attempt"))
	}
	if l.Message != "" {
		how = append(how, l.Message)
	}
	ttft, e2e := widget.None, widget.None
	if l.TTFT > 0 {
		ttft = widget.Duration(l.TTFT).String()
	}
	if l.E2E > 0 {
		e2e = widget.Duration(l.E2E).String()
	}
	inspect := pane.InspectMsg{ID: l.ID, What: "request", Why: "a request from this list is not sent again from here"}
	when := l.At.Local().Format("2006-01-02 15:04:05")
	return overlay.Finding{Title: fmt.Sprintf("%s  %s  %s", when, l.Model, l.Endpoint),
		Cells: []string{"TTFT " + widget.FitRight(ttft, 8), "E2E " + widget.FitRight(e2e, 8), widget.FitRight(cost, 11)},
		Text:  strings.Join(how, " · "), Run: func() tea.Msg { return inspect }}
}
