package batch

import (
	"time"

	"relaytop/state/job"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
)

// page is what the pane is drawn from: the run, its rows that are on the screen, the look and the size.
type page struct {
	st      *style.Styles
	keys    *pane.Keys
	w, h    int
	now     time.Time
	focused bool
	run     *job.Header
	pace    *pace
	list    *list
	parts   *parts
	search  *search
	kit     *markdown.Kit

	answerWidth int // of the last column, in cells
}

func (m *Model) page() *page {
	return &page{
		st: m.env.Styles, keys: &m.env.Keys, w: m.w, h: m.h, now: m.seen.at, focused: m.focused,
		run: &m.run, pace: &m.pace, list: &m.list, parts: &m.parts, search: &m.search, kit: m.kit,
	}
}
