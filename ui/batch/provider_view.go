package batch

import (
	"fmt"
	"slices"
	"strings"

	"relaytop/state/job"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// mostPartLines bounds the table of the parts; each may have a second line that says what is wrong.
const mostPartLines = 7

// phaseWord is a provider's word for a phase as it is shown: in progress.
func phaseWord(s string) string { return strings.ReplaceAll(text.Line(s), "_", " ") }

// modelLine says how the rows are sent, and to which model.
func (p *page) modelLine() string {
	st, h := p.st, p.run
	model := text.Truncate(text.Line(h.Model), 24)
	if provided(h) {
		return st.Muted.Paint("by batch, " + model)
	}
	return st.Muted.Paint(fmt.Sprintf("%d %s ", h.Concurrency, st.Glyphs.Times) + model)
}

// providerSections are the table of the parts, and below it the time, the money and what happened last.
func (p *page) providerSections() []string {
	out := append(p.partSection(), "")
	w := (p.w - 2*sectionGap) / 3
	last := p.w - 2*(w+sectionGap)
	blocks := []widget.Block{{Lines: p.timeSection(w), W: w}, {Lines: p.costSection(w), W: w},
		{Lines: p.stepSection(last), W: last}}
	out = append(out, strings.Split(widget.Columns(sectionGap, blocks...), "\n")...)
	for len(out) < p.providerRows() { // the rows below stand where they do at every poll
		out = append(out, "")
	}
	return out
}

// providerRows is the number of lines of providerSections.
func (p *page) providerRows() int {
	_, n := p.shownParts(mostPartLines)
	return 1 + 1 + n + 1 + 1 + sectionRows
}

// shownParts are the parts that fit into so many lines, those that are open first, and how many lines they take: a
// line for the others is among them.
func (p *page) shownParts(most int) (list []job.Part, lines int) {
	all := slices.Clone(p.parts.list)
	slices.SortStableFunc(all, func(a, b job.Part) int { return rankOf(&a) - rankOf(&b) })
	for i := range all {
		takes := 1
		if trouble(&all[i]) != "" {
			takes++
		}
		room := most - lines
		if i < len(all)-1 {
			room--
		}
		if takes > room {
			return all[:i], lines + 1
		}
		lines += takes
	}
	return all, lines
}

// rankOf is 0 for a part that is open.
func rankOf(p *job.Part) int {
	if p.Over() {
		return 1
	}
	return 0
}

// trouble is what is wrong with a part; "": nothing is.
func trouble(p *job.Part) string {
	if p.Note != "" {
		return text.Line(p.Note)
	}
	return text.Line(p.Problem)
}

// Widths of the table of the parts. What is left is for the phase in progress.
const (
	wRows, wUpload, wCreated, wValid = 7, 17, 10, 10
	wFinal, wMerged, wExpires, wID   = 12, 10, 10, 18
	partFixed                        = 4 + wRows + wUpload + wCreated + wValid + wFinal + wMerged + wExpires + wID + 9*2
)

// partSection is the table of the parts by phase.
func (p *page) partSection() []string {
	st, h := p.st, p.run
	right := st.Muted.Paint(fmt.Sprintf("%d %s at %s", h.Provider.Parts, text.Plural(h.Provider.Parts, "part"),
		text.Truncate(text.Line(h.Provider.Endpoint), 24)))
	head := func(s string) string { return st.Faint.Paint(s) }
	out := []string{p.section(p.w, "parts", right), p.partRow(head("part"), head("rows"), head("upload"), head("created"),
		head("validating"), head("in progress"), head("finalizing"), head("merged"), head("expires"), head("batch"))}
	list, lines := p.shownParts(mostPartLines)
	for i := range list {
		out = append(out, p.partLine(&list[i]))
		if s := trouble(&list[i]); s != "" {
			out = append(out, widget.Fit("      "+st.Warn.Paint(st.Glyphs.Warning+" "+s), p.w))
		}
	}
	if more := len(p.parts.list) - len(list); more > 0 && len(out) < lines+2 {
		out = append(out, st.Faint.Paint(fmt.Sprintf("%6s%d more %s", "", more, text.Plural(more, "part"))))
	}
	return out
}

// partRow joins the cells of the table.
func (p *page) partRow(n, rows, upload, created, valid, running, final, merged, expires, id string) string {
	cells := []string{widget.FitRight(n, 4), widget.FitRight(rows, wRows), widget.Fit(upload, wUpload),
		widget.Fit(created, wCreated), widget.Fit(valid, wValid), widget.Fit(running, p.w-partFixed),
		widget.Fit(final, wFinal), widget.Fit(merged, wMerged), widget.Fit(expires, wExpires), widget.Fit(id, wID)}
	return strings.Join(cells, "  ")
}

// partLine is one part: what each phase took, and how far the present one is.
func (p *page) partLine(q *job.Part) string {
	st := p.st
	return p.partRow(st.Muted.Paint(fmt.Sprint(q.N)), st.Text.Paint(widget.Count(int64(q.Rows))), p.uploadCell(q),
		p.createdCell(q), p.validatingCell(q), p.inProgressCell(q, p.w-partFixed), p.finalizingCell(q), p.mergedCell(q),
		p.expiresCell(q), st.Muted.Paint(cutMiddle(text.Line(q.Batch), wID, st.Glyphs.Ellipsis)))
}
