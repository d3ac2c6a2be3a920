package meter

import "time"

// length is the window in seconds; 0 is the whole run.
func (w Window) length() int64 { return [...]int64{10, 60, 600, 0}[w&3] }

// Length is how long the window is; 0 is the whole run.
func (w Window) Length() time.Duration { return time.Duration(w.length()) * time.Second }

// refresh gives the figures a new version if they may have changed, at most once in Fresh.
func (m *Meter) refresh(now time.Time) {
	if m.start.IsZero() || (m.derived.version > 0 && now.Sub(m.derived.at) < Fresh) {
		return
	}
	if !m.derived.stale && !m.moving(now) {
		return
	}
	m.derived.version++
	m.derived.at, m.derived.stale = now, false
}

// moving reports whether time alone changes a figure: a request is in flight, or a window still holds data, or did
// when the figures were derived.
func (m *Meter) moving(now time.Time) bool {
	return len(m.inflight.requests) > 0 || m.Holds(TenMinutes, m.derived.at)
}

// Holds reports whether anything ended or arrived within the window before now. It is false for the whole run, whose
// figures do not change with time.
func (m *Meter) Holds(w Window, now time.Time) bool {
	return w != Run && m.timeline.last >= 0 && m.second(now)-m.timeline.last < w.length()
}

// Stale reports whether events came in since the figures were derived, and when they can be derived again.
func (m *Meter) Stale() (time.Time, bool) { return m.derived.at.Add(Fresh), m.derived.stale }

// Busy reports whether any request has not ended.
func (m *Meter) Busy() bool { return len(m.inflight.requests) > 0 }

// Version differs whenever the figures may differ.
func (m *Meter) Version() uint64 { return m.derived.version }

// Figures are the numbers of a window up to now, as Frozen has them.
func (m *Meter) Figures(now time.Time, w Window) Figures { return m.Freeze(now).Figures(w) }

// View are the figures, charts and tables of a window, as Frozen has them.
func (m *Meter) View(now time.Time, w Window, columns int) View {
	return m.Freeze(now).View(w, columns)
}
