// Package compare is a chat that asks several models at once: their answers side by side, with figures on one scale.
//
// Rules: the text of an answer is new in every frame, its figures are those of the last Settle. A column that is not
// drawn costs nothing. Everything comes in by value, through Show and SetLook, and View changes nothing but caches. An
// action affects the chat that was open when it was chosen.
package compare

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state"
	"relaytop/state/session"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// Store is what a comparison needs of the state, in groups.
type Store struct {
	Library   Library
	Comparing Comparing
}

// Library makes a chat to compare in, if none is open. It answers from memory.
type Library interface {
	New() string
}

// Comparing begins and ends comparisons. It may wait for a disk, so only commands call it.
type Comparing interface {
	Set(chat string, targets []session.Target) error
	Adopt(chat string, column int) error
	Again(chat string, column int) error
}

// Choice is a model that can be compared. Its strings may be a relay's: they are filtered before they are drawn.
type Choice struct {
	Model, Endpoint string
	Price           string // of a million tokens of input and of output; "": not known
}

// Model is the comparison of the open chat. Without columns the chat has no comparison.
type Model struct {
	store   Store
	kit     *markdown.Kit
	choices func() []Choice
	look    Look

	chat    string
	targets []session.Target
	cols    []session.Column
	settled []session.Column // that the figures are of
	at      int              // the chosen column
	drawn   []*column
	dirty   bool
}

// Look is what the drawn lines depend on besides the answers.
type Look struct {
	Styles        *style.Styles
	Width, Height int       // cells and lines
	PaneHeight    int       // lines of the whole pane, which decide whether figures and charts fit
	Typing        bool      // letters are text, not keys of a column
	Now           time.Time // of the figures
}

// New makes a Model without columns. kit is shared with other texts. choices lists the models and answers from memory;
// nil: none is known.
func New(store Store, kit *markdown.Kit, choices func() []Choice) *Model {
	return &Model{store: store, kit: kit, choices: choices}
}

// Show takes the newest columns of the open chat, and the models that they are of. SetLook must follow.
func (m *Model) Show(chat string, targets []session.Target, cols []session.Column) {
	if len(targets) == 0 || chat != m.chat {
		m.settled, m.at, m.drawn = nil, 0, nil
	}
	m.chat, m.targets, m.cols, m.dirty = chat, targets, cols, true
	m.at = min(m.at, max(len(cols)-1, 0))
	for i := range cols {
		a := &cols[i].Answer
		if i == len(m.drawn) {
			m.drawn = append(m.drawn, newColumn(a.ID))
		} else if d := m.drawn[i]; d.id != a.ID || len(a.Text) < d.size { // a retry starts over
			m.drawn[i] = newColumn(a.ID)
		}
		m.drawn[i].size = len(a.Text)
	}
}

// SetLook sets how to draw.
func (m *Model) SetLook(k Look) { m.look, m.dirty = k, m.dirty || k != m.look }

// Settle takes the figures from the answers as they are now.
func (m *Model) Settle() { m.settled = m.cols }

// Dirty reports whether View may return different lines than the last time.
func (m *Model) Dirty() bool { return m.dirty }

// Columns is the number of compared models.
func (m *Model) Columns() int { return len(m.cols) }

// Has reports whether a model is compared.
func (m *Model) Has(model string) bool {
	return slices.ContainsFunc(m.cols, func(c session.Column) bool { return c.Model == model })
}

// At is the index of the chosen column.
func (m *Model) At() int { return m.at }

// Answer is the answer in the chosen column. False: nothing was asked yet.
func (m *Model) Answer() (session.View, bool) {
	if m.at >= len(m.cols) {
		return session.View{}, false
	}
	v := m.cols[m.at].Answer
	return v, v.ID != 0
}

// Move chooses the column delta to the right, in a circle.
func (m *Model) Move(delta int) {
	if n := len(m.cols); n > 0 {
		m.at, m.dirty = ((m.at+delta)%n+n)%n, true
	}
}

// Scroll scrolls the chosen column n lines, down if positive. At the end it follows again.
func (m *Model) Scroll(n int) {
	m.drawn[m.at].scroll(n, m.rows(m.at))
	m.dirty = true
}

// Adopt goes on with the answer of one column.
func (m *Model) Adopt(i int) tea.Cmd {
	if i < 0 || i >= len(m.cols) {
		return pane.Toast(state.Info, fmt.Sprintf("there are only %d columns", len(m.cols)))
	}
	store, chat, model := m.store, m.chat, m.cols[i].Model
	return func() tea.Msg {
		return pane.Report("not adopted", model+" goes on; the other answers stay as its siblings",
			store.Comparing.Adopt(chat, i))
	}
}

// Again returns what asks the model of the chosen column for another answer. The caller asks the user first if its
// price is not known.
func (m *Model) Again() func() error {
	store, chat, at := m.store, m.chat, m.at
	return func() error { return store.Comparing.Again(chat, at) }
}

// End goes back to one model and to the path that was shown before.
func (m *Model) End() tea.Cmd {
	store, chat := m.store, m.chat
	return func() tea.Msg { return pane.Report("the comparison was not ended", "", store.Comparing.Set(chat, nil)) }
}
