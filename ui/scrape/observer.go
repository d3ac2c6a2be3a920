package scrape

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"relaytop/relay"
	"relaytop/state/meter"
)

// observer adds requests that ended to the histograms. Their buckets are coarser than those of the screen, but others
// can be added up over machines.
type observer struct {
	duration, firstChunk, outputChunk, tokens *histogram
}

// histogram is a histogram whose series are bounded.
type histogram struct {
	vec    *prometheus.HistogramVec
	series *bounded
}

func newHistogram(m *metric, buckets []float64) *histogram {
	return &histogram{vec: m.histogram(buckets), series: newBounded(maxSeries)}
}

func (h *histogram) add(v float64, labels ...string) {
	h.vec.WithLabelValues(h.series.of(labels...)...).Observe(v)
}

func newObserver(to prometheus.Registerer) *observer {
	o := &observer{
		duration:    newHistogram(&duration, durationBuckets),
		firstChunk:  newHistogram(&firstChunk, firstChunkBuckets),
		outputChunk: newHistogram(&outputChunk, chunkBuckets),
		tokens:      newHistogram(&tokenUsage, tokenBuckets),
	}
	to.MustRegister(o.duration.vec, o.firstChunk.vec, o.outputChunk.vec, o.tokens.vec)
	return o
}

// take adds a request that ended. One that the user cancelled, or that our own cache answered, says nothing about a
// relay.
func (o *observer) take(r *relay.Result) {
	if r.Cached || r.Status == relay.StatusCancelled {
		return
	}
	k := meter.SeriesOf(r)
	labels := []string{k.Model, k.Endpoint, k.Lane.String()}
	if !r.Status.Answered() {
		if t := &r.Timing; !t.Send.IsZero() && !t.Done.IsZero() {
			o.duration.add(t.Done.Sub(t.Send).Seconds(), append(labels, string(meter.ClassOf(r)))...)
		}
		return
	}
	seconds := func(h *histogram, d time.Duration, ok bool, labels ...string) {
		if ok {
			h.add(d.Seconds(), labels...)
		}
	}
	e2e, ok := r.Timing.E2E()
	seconds(o.duration, e2e, ok, append(labels, "")...)
	ttft, ok := r.Timing.TTFT()
	seconds(o.firstChunk, ttft, ok, labels...)
	for _, gap := range r.Timing.Gaps {
		seconds(o.outputChunk, gap, true, labels...)
	}
	if u := r.AnswerUsage(); u != nil {
		o.tokens.add(float64(u.Input), append(labels, "input")...)
		o.tokens.add(float64(u.Output), append(labels, "output")...)
	}
}
