package batch

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/job"
	"relaytop/ui/markdown"
	"relaytop/ui/overlay"
	"relaytop/ui/pane"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// rereadLive is how often a row in flight is read while it is shown in full.
const rereadLive = 200 * time.Millisecond

// wholes reads all of a row. It may wait for the disk.
type wholes interface {
	Whole(id string, n int) (job.Whole, error)
}

// wholeRow is the dialog that shows all of a row: its prompt, answer, error, attempts and cost.
type wholeRow struct {
	env  *pane.Env
	kit  *markdown.Kit
	book wholes
	pane *Model
	run  job.Header
	n    int

	serial  int // counts the readings: a stale one is dropped
	version int // counts what was read, or emptied
	at      time.Time
	read    bool
	row     job.Whole
	err     error

	raw    bool // the answer is not drawn as Markdown
	asked  bool // the prompt is shown in full in place of the answer
	scroll scroll
}

// scroll is a text that scrolls.
type scroll struct {
	lines []string
	top   int
	h     int
	made  made // what the lines were made for
	find  sought
}

// made is what lines depend on.
type made struct{ w, generation, version, mode int }

type wholeMsg struct {
	to     *wholeRow
	serial int
	row    job.Whole
	err    error
}

type wholeTick struct {
	to     *wholeRow
	serial int
}

// showRow shows all that is known of the selected row.
func (m *Model) showRow() tea.Cmd {
	r := m.list.selected()
	if r == nil {
		return nil
	}
	d := &wholeRow{env: m.env, kit: m.kit, book: m.book, pane: m, run: m.run, n: r.N, row: job.Whole{Row: *r}}
	return tea.Sequence(overlay.Open(d), d.load())
}

// load reads the row.
func (d *wholeRow) load() tea.Cmd {
	d.serial++
	serial, run, n, book := d.serial, d.run.ID, d.n, d.book
	return func() tea.Msg {
		row, err := book.Whole(run, n)
		return wholeMsg{to: d, serial: serial, row: row, err: err}
	}
}

// Update takes the keys, and what was read.
func (d *wholeRow) Update(msg tea.Msg) (bool, tea.Cmd) {
	switch m := msg.(type) {
	case wholeMsg:
		if m.to != d || m.serial != d.serial {
			return false, nil
		}
		d.row, d.err, d.read = m.row, m.err, true
		d.version, d.at = d.version+1, time.Now()
		if d.row.Live() && d.err == nil {
			return false, tea.Tick(rereadLive, func(time.Time) tea.Msg { return wholeTick{d, m.serial} })
		}
	case wholeTick:
		if m.to == d && m.serial == d.serial {
			return false, d.load()
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.scroll.by(-pane.WheelLines)
		} else {
			d.scroll.by(pane.WheelLines)
		}
	case tea.PasteMsg:
		if d.scroll.find.line != nil {
			return false, d.typeFind(m)
		}
	case tea.KeyPressMsg:
		if d.scroll.find.line != nil {
			return false, d.typeFind(m)
		}
		return d.press(m.String())
	}
	return false, nil
}

func (d *wholeRow) press(key string) (bool, tea.Cmd) {
	switch key {
	case "esc", "q", "enter":
		if key == "esc" && d.scroll.find.on() {
			d.scroll.find = sought{}
			return false, nil
		}
		return true, nil
	case "/":
		d.startFind()
	case "down", "j":
		d.scroll.by(1)
	case "up", "k":
		d.scroll.by(-1)
	case "pgdown", "space", "ctrl+d":
		d.scroll.by(max(d.scroll.h-1, 1))
	case "pgup", "ctrl+u":
		d.scroll.by(-max(d.scroll.h-1, 1))
	case "home", "g":
		d.scroll.top = 0
	case "end", "G":
		d.scroll.by(len(d.scroll.lines))
	case "v":
		d.raw = !d.raw
	case "p":
		d.asked, d.scroll.top = !d.asked, 0
	case "n", "right":
		if key == "n" && d.scroll.find.on() {
			d.scroll.nextHit(1)
			return false, nil
		}
		return false, d.step(1)
	case "N", "left":
		if key == "N" && d.scroll.find.on() {
			d.scroll.nextHit(-1)
			return false, nil
		}
		return false, d.step(-1)
	case "y":
		return false, pane.Copy(d.all(), fmt.Sprintf("row %d", d.n))
	case "R", "t":
		return false, d.retry()
	case "I":
		return d.row.Request != 0, d.inspect()
	}
	return false, nil
}

// step shows the next row, or the one before.
func (d *wholeRow) step(by int) tea.Cmd {
	n := d.n + by
	if n < 1 || n > d.run.Rows {
		return nil
	}
	d.n, d.row, d.read, d.err = n, job.Whole{Row: job.Row{N: n}}, false, nil
	d.scroll.top = 0
	d.version++
	return d.load()
}

// retry sends the row again, and shows what becomes of it.
func (d *wholeRow) retry() tea.Cmd {
	if unlessRetryable(&d.run, &d.row.Row) != "" {
		return nil
	}
	return d.pane.retry1(&d.row.Row, wholeTick{d, d.serial})
}

// inspect shows the row's last request in the inspector.
func (d *wholeRow) inspect() tea.Cmd {
	if d.row.Request == 0 {
		return nil
	}
	msg := inspectRow(&d.row.Row)
	return func() tea.Msg { return msg }
}

// by scrolls, and stays within the text.
func (s *scroll) by(lines int) { s.top = max(min(s.top+lines, len(s.lines)-s.h), 0) }

// all is the whole row as plain text, for the clipboard.
func (d *wholeRow) all() string {
	r := &d.row
	var b strings.Builder
	put := func(head, body string) {
		if body = strings.TrimRight(body, "\n"); body != "" {
			fmt.Fprintf(&b, "%s\n%s\n\n", head, body)
		}
	}
	put("row", fmt.Sprintf("%d, id %s, of %s", d.n, r.ID, name(&d.run)))
	for _, m := range r.Prompt {
		put("prompt ("+m.Role+")", m.Text)
	}
	put("reasoning", r.Reasoning)
	put("answer", r.Answer)
	if r.Error != "" {
		put("error", string(r.Class)+": "+r.Error)
	} else {
		put("reason", r.Reason)
	}
	attempts := ""
	for i := range r.Attempts {
		attempts += strings.Join(attemptCells(&r.Attempts[i], r.Finish), "  ") + "\n"
	}
	put("attempts", attempts)
	if r.Cost.Known() {
		put("cost", widget.About(r.Cost.Amount.Dollars(), r.Cost.Estimated))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// Hints are the keys of the dialog.
func (d *wholeRow) Hints() []widget.Hint {
	switch f := &d.scroll.find; {
	case f.line != nil:
		return []widget.Hint{{Key: "enter", Does: "keep the marks"}, {Key: "ctrl+u", Does: "clear"},
			{Key: "esc", Does: "end"}}
	case f.on():
		return []widget.Hint{{Key: "n/N", Does: "next hit"}, {Key: "/", Does: "find"}, {Key: "left/right", Does: "row"},
			{Key: "up/down", Does: "scroll"}, {Key: "esc", Does: "end"}}
	}
	hints := []widget.Hint{{Key: "up/down", Does: "scroll"}, {Key: "n/N", Does: "row"}, {Key: "/", Does: "find"},
		{Key: "y", Does: "copy"},
		{Key: "v", Does: map[bool]string{false: "raw", true: "drawn"}[d.raw]},
		{Key: "p", Does: map[bool]string{false: "prompt", true: "answer"}[d.asked]}}
	if unlessRetryable(&d.run, &d.row.Row) == "" {
		hints = append(hints, widget.Hint{Key: "R", Does: "retry"})
	}
	if d.row.Request != 0 {
		hints = append(hints, widget.Hint{Key: "I", Does: "inspect"})
	}
	return append(hints, widget.Hint{Key: "esc", Does: "back"})
}

// Cursor is that of the words that are searched for.
func (d *wholeRow) Cursor() *tea.Cursor {
	if f := &d.scroll.find; f.line != nil {
		return f.line.Cursor(len(findLabel), f.row)
	}
	return nil
}

// content makes the lines that scroll, w cells wide.
func (d *wholeRow) content(w int) []string {
	st := d.env.Styles
	mode := 0
	if d.raw {
		mode |= 1
	}
	if d.asked {
		mode |= 2
	}
	now := made{w, st.Generation, d.version, mode}
	if now == d.scroll.made {
		return d.scroll.lines
	}
	var lines []string
	plain := func(ink func(string) string, s string) {
		for _, l := range text.Wrap(text.Clean(s), w) {
			lines = append(lines, ink(l))
		}
	}
	switch {
	case d.asked:
		for i, m := range d.row.Prompt {
			if i > 0 {
				lines = append(lines, "")
			}
			lines = append(lines, st.Faint.Paint(text.Line(m.Role)))
			plain(st.Text.Paint, m.Text)
		}
	default:
		if d.row.Reasoning != "" {
			plain(st.Faint.Paint, d.row.Reasoning)
			lines = append(lines, "")
		}
		if d.raw {
			plain(st.Text.Paint, d.row.Answer)
			break
		}
		md := markdown.New(d.kit, st, min(w, 100))
		md.Write(text.Clean(d.row.Answer))
		md.Close()
		lines = md.Lines(lines, 0, md.Height())
	}
	d.scroll.lines, d.scroll.made = lines, now
	return lines
}
