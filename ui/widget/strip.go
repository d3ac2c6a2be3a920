package widget

import (
	"strconv"
	"strings"

	"relaytop/ui/style"
)

// StripData is what the status strip shows. Figures are plain; an empty one is shown as –.
type StripData struct {
	Demo           bool
	Relay, Model   string
	Window         string // that the rates, TTFT and errors are of
	Req, Tok       string // a second
	TTFT50, TTFT95 Figure // two in the same unit are shown as 284/612 ms
	Err            string
	InFlight       int
	Waiting        int // for a retry or for a limit of ours; 0 is not shown
	Spend          Spend
	Notice         string // painted; replaces relay and model while it is set
}

// Spend is what was spent, as amounts.
type Spend struct {
	Settled   string // the sum of what is known; "": nothing of it is
	Short     string // the same in few cells
	Pending   string // the estimated cost of what is in flight, not in Settled; "": nothing is
	Unpriced  int64  // requests whose cost is unknown, not in Settled
	PerMinute string
}

// Strip is one line of exactly w cells. The five figures are always shown; waiting, window, model, $/min, what is
// not in the sum, in flight and relay are added in this order while they fit. Under 70 cells two blanks separate
// the figures instead of a rule, TTFT is p50 alone, and money has two decimals.
func Strip(st *style.Styles, w int, d StripData) string {
	s := strip{st: st, d: d, w: w}
	have := map[string]bool{}
	for _, part := range []string{"waiting", "window", "model", "per minute", "not settled", "in flight", "relay"} {
		have[part] = true
		left, right := s.parts(have)
		if Width(left)+Width(right)+s.chip()+5 > w {
			delete(have, part)
		}
	}
	left, right := s.parts(have)
	chip := ""
	if d.Demo {
		chip = st.Badge.Bold().Paint(" DEMO ")
	}
	avail := w - Width(chip) - 2 - Width(right)
	line := chip + " " + Fit(left, avail) + right + " "
	return st.On(style.Panel, Fit(line, w))
}

type strip struct {
	st *style.Styles
	d  StripData
	w  int
}

func (s *strip) chip() int {
	if s.d.Demo {
		return 6
	}
	return 0
}

func (s *strip) parts(have map[string]bool) (left, right string) {
	st, d := s.st, s.d
	var segs []string
	if d.Notice != "" && have["model"] {
		segs = append(segs, d.Notice)
	} else {
		if have["relay"] && d.Relay != "" {
			segs = append(segs, st.Muted.Paint(d.Relay))
		}
		if have["model"] && d.Model != "" {
			segs = append(segs, st.Muted.Paint(d.Model))
		}
	}
	if have["window"] && d.Window != "" {
		segs = append(segs, st.Muted.Paint(d.Window))
	}
	fig := func(name, value string) {
		if value == "" {
			value = None
		}
		segs = append(segs, st.Faint.Paint(name+" ")+st.Text.Paint(value))
	}
	fig("req/s", d.Req)
	fig("tok/s", d.Tok)
	fig("TTFT", s.ttft())
	fig("err", d.Err)
	if have["in flight"] {
		fig("in flight", strconv.Itoa(d.InFlight))
	}
	if have["waiting"] && d.Waiting > 0 {
		fig("waiting", strconv.Itoa(d.Waiting))
	}
	gap := "  "
	if s.w >= 70 {
		gap = " " + st.Border.Paint(st.Glyphs.Separator) + " "
	}
	right = st.Text.Bold().Paint(d.Spend.sum(s.w < 70, !have["not settled"]))
	if rest := d.Spend.rest(); have["not settled"] && rest != "" {
		right += st.Muted.Paint(" " + rest)
	}
	if have["per minute"] && d.Spend.Settled != "" { // what is unknown is not $0 a minute
		right += st.Muted.Paint(" (" + d.Spend.PerMinute + "/min)")
	}
	return strings.Join(segs, gap), right
}

// sum is what is settled; cut says that rest is not shown beside it.
func (s *Spend) sum(short, cut bool) string {
	switch {
	case s.Settled == "":
		return "unknown" // it is not zero
	case s.Unpriced > 0 && cut:
		return s.amount(short) + "+?"
	}
	return s.amount(short)
}

func (s *Spend) amount(short bool) string {
	if short {
		return s.Short
	}
	return s.Settled
}

// rest is what is not in the sum: +~$0.02 +3 unknown.
func (s *Spend) rest() string {
	var parts []string
	if s.Pending != "" {
		parts = append(parts, "+"+s.Pending)
	}
	if s.Unpriced > 0 && s.Settled != "" { // else the sum says it
		parts = append(parts, "+"+Count(s.Unpriced)+" unknown")
	}
	return strings.Join(parts, " ")
}

func (s *strip) ttft() string {
	p50, p95 := s.d.TTFT50, s.d.TTFT95
	switch {
	case s.w < 70, p50.Value == "", p95.Value == "":
		return p50.String()
	case p50.Unit == p95.Unit:
		return p50.Value + "/" + p95.String()
	}
	return p50.String() + "/" + p95.String()
}

// Hint is one key and what it does.
type Hint struct{ Key, Does string }

func (h Hint) paint(st *style.Styles) string {
	return st.Text.Bold().Paint(h.Key) + st.Muted.Paint(" "+h.Does)
}

// Footer is one line of exactly w cells: hints with three blanks between them, without those that do not fit, and
// last at the right edge.
func Footer(st *style.Styles, w int, hints []Hint, last Hint) string {
	end := ""
	if last.Key != "" {
		end = last.paint(st)
	}
	avail := w - 2 - Width(end)
	var b strings.Builder
	b.WriteByte(' ')
	used := 0
	for _, h := range hints {
		one := h.paint(st)
		n := Width(one) + 3
		if used+n > avail {
			continue // a shorter one further right may still fit
		}
		b.WriteString(one)
		b.WriteString("   ")
		used += n
	}
	b.WriteString(Blank(avail - used))
	b.WriteString(end)
	b.WriteByte(' ')
	return Fit(b.String(), w)
}

// Tab is one label of the tab line.
type Tab struct {
	Label   string
	Focused bool
}

// Tabs is the tab line of a narrow screen, exactly w cells. At its right end is the first of right that fits; these
// are painted.
func Tabs(st *style.Styles, w int, tabs []Tab, right ...string) string {
	var b strings.Builder
	b.WriteByte(' ')
	used := 1
	for _, t := range tabs {
		if t.Focused {
			b.WriteString(Chip(st, t.Label))
		} else {
			b.WriteString(st.Muted.Paint(" " + t.Label + " "))
		}
		b.WriteByte(' ')
		used += Width(t.Label) + 3
	}
	line := b.String()
	for _, r := range right {
		if r != "" && used+Width(r) < w {
			line += Blank(w-1-used-Width(r)) + r
			break
		}
	}
	return st.On(style.Panel, Fit(line, w))
}

// TabAt is the index of the tab at column x of the line that Tabs draws, or -1.
func TabAt(tabs []Tab, x int) int {
	left := 1
	for i, t := range tabs {
		end := left + Width(t.Label) + 2
		if x >= left && x < end {
			return i
		}
		left = end + 1
	}
	return -1
}
