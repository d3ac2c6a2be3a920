package batch

import (
	"fmt"
	"math"
	"path/filepath"
	"time"

	"relaytop/state/job"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Widths of the parts of a line about a limit.
const (
	limitLabel = 13
	limitRight = 26
)

// timeRows say how long the run takes, which limits it meets, and what sets the pace.
func (p *preflight) timeRows(w int) []row {
	st := p.env.Styles
	if p.provider() {
		return []row{{text: widget.Section(st, w, "time", st.Muted.Paint("within ")+st.Text.Bold().Paint("24 h"))},
			{text: st.Muted.Paint("  the provider sets the pace; its batches have a quota of their own"), rank: useful}}
	}
	n, latency, o := p.concurrency(), p.latency(), p.outlook()
	head := st.Muted.Paint("unknown until a row is answered")
	if o.Took > 0 {
		word := "likely "
		if latency == 0 {
			word = "at least "
		}
		head = st.Muted.Paint(word) + st.Text.Bold().Paint("~"+roughly(o.Took))
	}
	rows := []row{{text: widget.Section(st, w, "time", head)}}
	add := func(label string, used, most float64, by bool, right string) {
		if used <= 0 && most <= 0 {
			return // nothing is known of it
		}
		ink := st.Done
		if by {
			ink = st.Warn
		}
		bar := widget.Meter(st, max(w-limitLabel-limitRight-1, 1), []widget.Part{{Share: share01(used, most), Ink: ink}})
		rows = append(rows, row{rank: useful, text: widget.Fit(st.Muted.Paint(label), limitLabel) + bar +
			widget.FitRight(right, limitRight+1)})
	}
	add("requests", o.Requests, o.RequestsMax, o.By == job.PaceRequests, minute(st, o.Requests, o.RequestsMax))
	add("tokens", o.Tokens, o.TokensMax, o.By == job.PaceTokens, minute(st, o.Tokens, o.TokensMax))
	if o.AtOnce > 0 { // else a bar would say that nothing is sent
		add("concurrency", o.AtOnce, float64(n), false, st.Text.Paint("~"+fmt.Sprint(int(math.Ceil(o.AtOnce))))+
			st.Muted.Paint(fmt.Sprintf(" of %d at once", n)))
		rows[len(rows)-1].rank = needed
	}
	if p.edit != nil && p.edit.key == "c" {
		return append(rows, p.field(w, "c", "", ""))
	}
	return append(rows, row{text: widget.Spread(p.pacer(o, n), p.hint("+/-", "concurrency"), w)})
}

// latency is what a row likely takes; 0: not known.
func (p *preflight) latency() time.Duration {
	plan := &p.input.plan
	if d := p.seen.latency(plan.OutputLikely / int64(max(plan.Good, 1))); d > 0 {
		return d
	}
	return plan.Latency() // of earlier sessions
}

// outlook is how long the run takes through the pool.
func (p *preflight) outlook() job.Outlook {
	return p.input.plan.Outlook(p.concurrency(), p.latency(), p.seen.limits)
}

// roughly formats an estimated duration in one unit.
func roughly(d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", math.Ceil(d.Seconds()))
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 72*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

// pacer says what sets the pace of n rows at once.
func (p *preflight) pacer(o job.Outlook, n int) string {
	st := p.env.Styles
	says := func(s string) string { return st.Warn.Paint(st.Glyphs.Up) + st.Muted.Paint(" "+s) }
	switch o.By {
	case job.PaceTokens:
		return says("your token limit sets the pace, not the concurrency")
	case job.PaceRequests:
		return says("your request limit sets the pace, not the concurrency")
	case job.PaceConcurrency:
		return st.Muted.Paint("  the concurrency sets the pace: no limit is met")
	case job.PaceUnknown:
	}
	return st.Text.Paint(fmt.Sprint(n)) + st.Muted.Paint(" at once; no answer was measured yet")
}

func share01(used, most float64) float64 {
	if most <= 0 {
		return 0
	}
	return used / most
}

// minute is a use and a limit a minute.
func minute(st *style.Styles, used, most float64) string {
	value := widget.None
	if used > 0 {
		value = widget.Short(int64(math.Round(used)))
	}
	if most <= 0 {
		return st.Text.Paint(value) + st.Muted.Paint(" a minute, no limit")
	}
	return st.Text.Paint(value) + st.Muted.Paint(" of "+widget.Short(int64(most))+" a minute")
}

// diskRows say what is written, and whether the disk has room for it.
func (p *preflight) diskRows(w int) []row {
	st, plan := p.env.Styles, &p.input.plan
	avail := max(w-10, 10)
	out := text.Line(base(plan.Out))
	if text.Width(plan.Out) < avail-30 && !p.o.Sample {
		out = text.Line(plan.Out)
	}
	line := st.Muted.Paint("writes ") + st.Text.Paint(out) + st.Muted.Paint(" and ") +
		st.Text.Paint(text.Line(base(plan.Errors)))
	rows := []row{p.field(w, "o", line, "output")}
	if p.inTheWay() {
		rows = append(rows, row{text: widget.Spread(st.Warn.Paint(st.Glyphs.Warning)+st.Muted.Paint(" an earlier run "+
			"wrote it: nothing is overwritten unless you say so"), p.hint("g", "go on")+"   "+p.hint("w", "overwrite"), w)})
	} else if plan.OutExists {
		rows = append(rows, row{text: st.Warn.Paint(st.Glyphs.Warning + " the answers in it will be overwritten")})
	}
	s := plan.Space
	disk := st.Muted.Paint("takes about ") + figure(st, widget.Bytes(s.Need)) + st.Muted.Paint(" on the disk of ") +
		st.Text.Paint(text.Truncate(text.Line(filepath.Base(filepath.Dir(plan.Out))), 20))
	rank := nice
	if s.FreeKnown {
		disk = st.Muted.Paint("takes about ") + figure(st, widget.Bytes(s.Need)) + st.Muted.Paint(" of the disk, ") +
			figure(st, widget.Bytes(s.Free)) + st.Muted.Paint(" are free")
		if s.Short() {
			disk, rank = st.Error.Paint(st.Glyphs.Failed+" ")+disk, needed
		}
	}
	return append(rows, row{text: disk, rank: rank})
}
