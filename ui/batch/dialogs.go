package batch

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/job"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// kinds are the file name extensions that are offered. The format is found by reading the file.
var kinds = [...]string{".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".md", ".gz"}

// readable reports whether a file may hold prompts, by its name.
func readable(name string) bool {
	name = strings.ToLower(name)
	for _, k := range kinds {
		if strings.HasSuffix(name, k) {
			return true
		}
	}
	return !strings.Contains(name, ".")
}

// isOutput reports whether a file is named as the outputs of runs are. It can still be opened by its path.
func isOutput(path string) bool {
	return strings.HasSuffix(path, ".out.jsonl") || strings.HasSuffix(path, ".errors.jsonl")
}

// open asks for a file and runs it.
func (m *Model) open() tea.Cmd {
	var recent []string
	outputs := map[string]bool{}
	for _, h := range m.book.List() {
		outputs[h.Out], outputs[h.Errors] = true, true
		if filepath.IsAbs(h.Path) && !slices.Contains(recent, h.Path) {
			recent = append(recent, h.Path)
		}
	}
	return overlay.Open(overlay.Files(overlay.FilesOptions{
		Title:  "open a file of prompts",
		Recent: recent,
		Accept: readable,
		Hide:   func(path string) bool { return outputs[path] || isOutput(path) },
		Only:   "JSONL, CSV, TSV or text",
		Preview: func(path string) ([]string, string) {
			plan, err := m.book.Preview(context.Background(), path)
			return firstRows(&plan, err)
		},
		Choose: func(path string) tea.Cmd { return m.preflight(job.Options{Input: path}) },
	}))
}

// firstRows are the ids and prompts of the first rows of a plan, or why there are none.
func firstRows(plan *job.Plan, err error) (lines []string, note string) {
	if err != nil {
		return nil, text.Line(sentence(err))
	}
	wide := 0
	for i := range plan.Sample {
		wide = min(max(wide, text.Width(text.Line(plan.Sample[i].ID))), 16)
	}
	for i := range plan.Sample {
		r := &plan.Sample[i]
		says := r.Text
		if r.Outcome == job.RowSkipped {
			says = "can't be sent: " + r.Reason
		}
		lines = append(lines, widget.Fit(text.Line(r.ID), wide)+"  "+text.Line(says))
	}
	return lines, ""
}

// choose reads the list of the runs again, and then shows it.
func (m *Model) choose() tea.Cmd {
	book := m.book
	return func() tea.Msg {
		_ = book.Refresh() // without it the list is what is known
		return chooseMsg{}
	}
}

// cancel asks first, and says what is lost.
func (m *Model) cancel() tea.Cmd {
	h := &m.run
	flying := h.Underway()
	detail := fmt.Sprintf("%s of %s rows have their answer, which stays.", widget.Count(int64(h.Done())),
		widget.Count(int64(h.Rows)))
	if flying > 0 {
		detail += fmt.Sprintf("\n%s in flight %s stopped: what they wrote so far is kept and has to be paid.",
			widget.Count(int64(flying)), is(flying))
	}
	if away(h) {
		detail += fmt.Sprintf("\n%s is asked to stop: rows that it has answered by then are kept, and billed.",
			text.Line(h.Provider.Endpoint))
	}
	if h.Queued > 0 {
		detail += fmt.Sprintf("\n%s queued %s not sent. Resuming the run sends them.", widget.Count(int64(h.Queued)),
			is(h.Queued))
	}
	return overlay.Open(overlay.Confirm("Cancel "+text.Truncate(text.Line(name(h)), 40)+"?", detail,
		m.do("cancel the run", m.book.Cancel)))
}

func is(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// overwrite lets the run that was refused replace the output.
func (m *Model) overwrite() tea.Cmd {
	o := m.launch.refused
	o.Force = true
	return overlay.Open(confirmOverwrite(o.Input, m.preflight(o)))
}

// confirmOverwrite asks before an output of an earlier run is replaced. of is the file that it belongs to, or the
// output itself.
func confirmOverwrite(of string, yes tea.Cmd) overlay.Dialog {
	return overlay.Confirm("Overwrite the output "+text.Truncate(text.Line(base(of)), 40)+"?",
		"The answers in it, which were paid for, are lost, and every row is sent again.", yes)
}

// budget asks what the run may cost in all. A run that its budget paused goes on once it is raised.
func (m *Model) budget() tea.Cmd {
	h := &m.run
	label := "what it may cost in all, USD; spent so far: " + h.Cost.Dollars()
	if h.Unknown > 0 {
		label += ", besides " + widget.Count(int64(h.Unknown)) + " " + text.Plural(h.Unknown, "row") + " of unknown cost"
	}
	value := ""
	if h.Budget > 0 {
		value = h.Budget.String()
	}
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "budget", Label: label, Value: value,
		Replace: true, Placeholder: "no limit",
		Check: func(s string) string {
			if _, err := amount(s); err != nil {
				return err.Error()
			}
			return ""
		},
		Done: func(s string) tea.Cmd {
			limit, _ := amount(s)
			return m.setBudget(limit)
		}}))
}

// setBudget changes the budget of the shown run and confirms it.
func (m *Model) setBudget(limit relay.Money) tea.Cmd {
	id, book := m.run.ID, m.book
	return func() tea.Msg {
		if err := book.SetBudget(id, limit); err != nil {
			return pane.ToastMsg{Level: state.Bad, Text: "could not set the budget: " + err.Error()}
		}
		says := "the run has no budget now"
		if limit > 0 {
			says = "the budget is now " + limit.Dollars()
		}
		return pane.ToastMsg{Level: state.Info, Text: says}
	}
}

// jump goes to a row by its number.
func (m *Model) jump() tea.Cmd {
	last := m.run.Rows
	number := func(s string) int {
		n := 0
		if _, err := fmt.Sscanf(strings.ReplaceAll(strings.TrimSpace(s), ",", ""), "%d", &n); err != nil {
			return 0
		}
		return n
	}
	return overlay.Open(overlay.Prompt(overlay.PromptOptions{Title: "go to a row", Label: "its number, 1 to " +
		widget.Count(int64(last)),
		Check: func(s string) string {
			if n := number(s); n < 1 || n > last {
				return "there are rows 1 to " + widget.Count(int64(last))
			}
			return ""
		},
		Done: func(s string) tea.Cmd { return func() tea.Msg { return goTo(number(s)) } }}))
}

// inspect shows the row's last request.
func (m *Model) inspect() tea.Cmd {
	r := m.list.selected()
	if r == nil {
		return nil
	}
	msg := inspectRow(r)
	return func() tea.Msg { return msg }
}

// inspectRow shows the last request of a row. It can't be replayed from there: the answer would not reach the run.
func inspectRow(r *job.Row) pane.InspectMsg {
	return pane.InspectMsg{ID: r.Request, What: fmt.Sprintf("row %d", r.N), Result: r.Result,
		Why: "a row is sent again by its run: R in the batch pane retries those that failed"}
}
