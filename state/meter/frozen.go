package meter

import (
	"time"

	"relaytop/relay"
)

// Frozen is the meter at one moment. The owner of a Meter makes it under its lock, which takes microseconds, and
// derives figures and views from it without: events go on meanwhile. It may be used from any goroutine.
type Frozen struct {
	*frozen
	phases     [numPhases]int
	objectives Objectives
}

// frozen is never changed. The slots and sums that it shares with the meter are copied before they are written to.
type frozen struct {
	reader    *reader
	version   uint64
	at, start time.Time
	busy      bool
	last      int64
	ring      ring
	long      long
	quarters  int64
	atOnce    concurrency
	keys      []Key
	sums      []*gathered
	total     tally
	latencies [numWindowed]Quantiles // of the whole run, the TTFT also of answers in flight
	firsts    []firstToken
	pending   relay.Money
}

// firstToken is that of an answer in flight.
type firstToken struct {
	at   time.Time
	ttft time.Duration
}

// Freeze returns the meter as it is now. All but the counts of requests in flight may be as old as Fresh.
func (m *Meter) Freeze(now time.Time) Frozen {
	m.refresh(now)
	if m.derived.frozen == nil || m.derived.frozen.version != m.derived.version {
		m.derived.frozen = m.freeze()
	}
	return Frozen{m.derived.frozen, m.inflight.phases, m.objectives}
}

func (m *Meter) freeze() *frozen {
	f := &frozen{
		reader:   m.reader,
		version:  m.derived.version,
		at:       m.derived.at,
		start:    m.start,
		busy:     m.Busy(),
		last:     m.timeline.last,
		ring:     m.timeline.ring,
		long:     m.timeline.long,
		quarters: m.timeline.quarters,
		atOnce:   m.timeline.atOnce,
		keys:     m.groups.keys,
		sums:     append([]*gathered(nil), m.groups.sums...),
		total:    m.run.total.tally,
		pending:  m.priceInFlight(),
	}
	m.groups.shared = true
	for _, s := range f.ring.slots {
		if s != nil {
			s.shared = true
		}
	}
	for _, s := range f.long.slots {
		if s != nil {
			s.shared = true
		}
	}
	for _, h := range f.sums {
		h.shared = true
	}
	for of := range f.latencies {
		f.latencies[of] = m.run.total.quantiles(Metric(of))
	}
	f.latencies[TTFT] = m.liveTTFT()
	for _, r := range m.inflight.requests {
		if d, ok := r.TTFT(); ok && d >= 0 && r.Phase == relay.PhaseStreaming {
			f.firsts = append(f.firsts, firstToken{r.First, d})
		}
	}
	return f
}

// Figures are the numbers of a window.
func (f Frozen) Figures(w Window) Figures {
	w &= 3
	f.reader.mu.Lock()
	defer f.reader.mu.Unlock()
	return f.current(f.reader.figuresOf(f.frozen, w))
}

// View are the figures, charts and tables of a window, in at most columns buckets. Asking again within Fresh costs
// nothing; what it returns is never changed. Of an empty window it returns the last one that was not.
func (f Frozen) View(w Window, columns int) View {
	w &= 3
	f.reader.mu.Lock()
	defer f.reader.mu.Unlock()
	v := f.reader.viewOf(f.frozen, w, min(max(columns, 8), ringSlots))
	v.Objectives = f.objectives
	if !v.Past {
		v.Figures = f.current(f.reader.figuresOf(f.frozen, w))
	}
	return v
}

// current sets the counts that are never older than the newest event.
func (f Frozen) current(figures Figures) Figures {
	n := &f.phases
	figures.Queued, figures.InFlight, figures.Waiting = n[phaseQueued], n[phaseSent], n[phaseWaiting]
	return figures
}

// second is the number of whole seconds since the first event.
func (f *frozen) second(at time.Time) int64 { return max(int64(at.Sub(f.start)/time.Second), 0) }

// span returns the seconds of a window and how much time they cover so far.
func (f *frozen) span(now time.Time, w Window) (from, to int64, elapsed time.Duration) {
	to = f.second(now)
	if w != Run {
		from = max(to-w.length()+1, 0)
	}
	return from, to, now.Sub(f.start) - time.Duration(from)*time.Second
}

// past is the end of the last activity, if the window before now is empty.
func (f *frozen) past(now time.Time, w Window) (end time.Time, ok bool) {
	if w == Run || f.busy || f.last < 0 || f.second(now)-f.last < w.length() {
		return now, false
	}
	return f.start.Add(time.Duration(f.last+1) * time.Second), true
}
