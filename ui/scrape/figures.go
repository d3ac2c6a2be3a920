package scrape

import (
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/meter"
)

// Source has the figures of the program. A state.Store is one.
type Source interface {
	Metrics() state.Metrics
	Snapshot() *state.Snapshot
}

// figures reads the counters of a Source when it is scraped: they are the ones that the screen shows.
type figures struct {
	counters []*counter
	inFlight, queueDepth, waiting, breakers,
	build *prometheus.Desc
	version string
	states  *bounded

	mu   sync.Mutex
	from Source
}

// counter is a counter by series, and what a sum adds to it.
type counter struct {
	desc   *prometheus.Desc
	series *bounded
	of     func(s *meter.Sum, add func(v float64, more ...string))
}

func newFigures(version string) *figures {
	f := &figures{inFlight: inFlight.desc(), queueDepth: queueDepth.desc(), waiting: waiting.desc(),
		breakers: breakerState.desc(), build: buildInfo.desc(), version: version, states: newBounded(maxSeries)}
	type adds = func(v float64, more ...string)
	for _, c := range []struct {
		m  *metric
		of func(s *meter.Sum, add adds)
	}{
		{&requests, func(s *meter.Sum, add adds) {
			add(float64(s.OK), "ok")
			add(float64(s.Failed), "failed")
			add(float64(s.Cancelled), "cancelled")
		}},
		{&attempts, func(s *meter.Sum, add adds) {
			add(float64(s.Attempts-s.FailedAttempts), "ok")
			for class, n := range s.Classes.Attempts {
				add(float64(n), string(class))
			}
		}},
		{&cost, func(s *meter.Sum, add adds) { add(float64(s.Cost) / float64(relay.USD)) }},
		{&unknownCost, func(s *meter.Sum, add adds) { add(float64(s.Unknown)) }},
	} {
		f.counters = append(f.counters, &counter{c.m.desc(), newBounded(maxSeries), c.of})
	}
	return f
}

func (f *figures) show(from Source) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.from = from
}

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, c := range f.counters {
		to <- c.desc
	}
	for _, d := range []*prometheus.Desc{f.inFlight, f.queueDepth, f.waiting, f.breakers, f.build} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(f.build, 1, label(f.version))
	f.mu.Lock()
	from := f.from
	f.mu.Unlock()
	if from == nil {
		return
	}
	sums := from.Metrics().Sums()
	for _, c := range f.counters {
		c.collect(to, sums)
	}
	now := from.Metrics().Present()
	for i, n := range now.InFlight {
		gauge(f.inFlight, float64(n), relay.Lane(i).String())
	}
	gauge(f.queueDepth, float64(now.Queued))
	gauge(f.waiting, float64(now.Waiting))
	f.collectBreakers(sums, from.Snapshot().Breakers, gauge)
}

// collect adds up the sums by the labels that they are counted under.
func (c *counter) collect(to chan<- prometheus.Metric, sums []meter.Sum) {
	type line struct {
		labels []string
		v      float64
	}
	lines := map[string]*line{}
	for i := range sums {
		s := &sums[i]
		c.of(s, func(v float64, more ...string) {
			if v == 0 {
				return
			}
			labels := c.series.of(append([]string{s.Model, s.Endpoint, s.Lane.String()}, more...)...)
			key := strings.Join(labels, "\x00")
			if lines[key] == nil {
				lines[key] = &line{labels: labels}
			}
			lines[key].v += v
		})
	}
	for _, l := range lines {
		to <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, l.v, l.labels...)
	}
}

// collectBreakers says that every endpoint's breaker is closed, but for those that are not.
func (f *figures) collectBreakers(
	sums []meter.Sum, open []state.Breaker, gauge func(d *prometheus.Desc, v float64, labels ...string),
) {
	value := map[relay.BreakerState]float64{relay.BreakerClosed: 0, relay.BreakerHalfOpen: 1, relay.BreakerOpen: 2}
	states := map[[2]string]float64{}
	for i := range sums {
		if e := sums[i].Endpoint; e != "" && e != meter.Other {
			states[[2]string{label(e), ""}] = 0
		}
	}
	for _, b := range open {
		states[[2]string{label(b.Endpoint), label(b.Model)}] = value[b.State]
	}
	for of, v := range states {
		if labels := f.states.of(of[:]...); labels[0] != meter.Other {
			gauge(f.breakers, v, labels...)
		}
	}
}
