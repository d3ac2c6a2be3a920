package ui

import (
	"fmt"
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/state/meter"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// strip is the line of figures at the bottom of every screen.
func (m *model) strip() string {
	f := &m.snap.Figures
	d := widget.StripData{
		Demo: m.snap.Demo, Relay: text.Line(m.snap.Relay), Model: text.Line(m.snap.Model),
		Window: f.Window.String(), InFlight: f.InFlight, Waiting: f.Waiting, Spend: spend(&m.snap.Spent, f),
	}
	if f.Any || f.TokPerSec > 0 { // from the first token on
		d.Req = fmt.Sprintf("%.2f", f.ReqPerSec)
		d.Tok = fmt.Sprintf("%.0f", f.TokPerSec)
	}
	if f.TTFT.N > 0 {
		d.TTFT50, d.TTFT95 = widget.Duration(f.TTFT.P50), widget.Duration(f.TTFT.P95)
	}
	if f.OK+f.Failed > 0 {
		d.Err = fmt.Sprintf("%.1f%%", 100*f.ErrorRate)
	}
	return widget.Strip(m.env.Styles, m.layout.w, d)
}

// spend is what was spent in the session, and a minute in the usual window.
func spend(session, window *meter.Figures) widget.Spend {
	s := widget.Spend{Unpriced: session.Unknown, PerMinute: pane.Burn(window.PerMinute)}
	if session.Cost != 0 || session.Unknown == 0 {
		s.Settled = widget.About(session.Cost.Dollars(), session.Estimated)
		s.Short = short(session.Cost, session.Estimated)
	}
	if session.Pending > 0 {
		s.Pending = widget.About(session.Pending.Dollars(), true)
	}
	return s
}

// short is an amount with two decimals, rounded down. Less than a cent is <$0.01, since $0.00 would be wrong.
func short(m relay.Money, estimated bool) string {
	const cent = relay.USD / 100
	switch {
	case m > 0 && m < cent:
		return "<$0.01"
	case m > 0 && m < relay.USD:
		return widget.About((m - m%cent).Price(), estimated)
	}
	return widget.About(m.Dollars(), estimated)
}

// tabList is the tabs of a narrow screen: the panes by number and name.
func (m *model) tabList() []widget.Tab {
	list := make([]widget.Tab, numPanes)
	for i, p := range m.panes {
		label := strconv.Itoa(i+1) + " " + p.Name()
		if r := m.snap.Run; i == paneBatch && r.ID != "" {
			label += " " + widget.Count(int64(r.Done())) + "/" + widget.Count(int64(r.Rows))
		}
		list[i] = widget.Tab{Label: label, Focused: i == m.layout.focus}
	}
	return list
}

// tabs is the line above a narrow screen's pane.
func (m *model) tabs() string {
	p := m.panes[m.layout.focus]
	return widget.Tabs(m.env.Styles, m.layout.w, m.tabList(), p.Title(), p.Status())
}

// footer shows the keys that work now. A toast takes its place for a few seconds.
func (m *model) footer() string {
	if !m.dialogs.Empty() {
		hints, last := m.dialogs.Hints()
		return widget.Footer(m.env.Styles, m.layout.w, hints, last)
	}
	if m.toast.msg.Text != "" {
		return m.message()
	}
	p := m.front()
	var hints []widget.Hint
	for _, table := range [][]pane.Action{p.Actions(), m.keys} {
		for i := range table {
			if a := &table[i]; !a.Hidden && (a.Typing || !p.Typing()) && a.On() {
				hints = append(hints, widget.Hint{Key: footerKey(a, p.Typing()), Does: a.Word()})
			}
		}
	}
	return widget.Footer(m.env.Styles, m.layout.w, hints, widget.Hint{Key: m.helpKey(), Does: "help"})
}

// footerKey is the key to show for an action, or the name of a pair of keys.
func footerKey(a *pane.Action, typing bool) string {
	shown := a.Binding.Help().Key
	if keys := a.Binding.Keys(); len(keys) > 0 && shown == pane.KeyName(keys[0]) {
		return a.Key(typing)
	}
	return shown
}

// helpKey is the key that opens the help now: a question mark is text while typing. The name of a function key is a
// capital here.
func (m *model) helpKey() string {
	if !m.front().Typing() {
		return m.env.Keys.Of("help", false)
	}
	key := m.env.Keys.Of("help.typing", true)
	if n, ok := strings.CutPrefix(key, "f"); ok && n != "" {
		return "F" + n
	}
	return key
}
