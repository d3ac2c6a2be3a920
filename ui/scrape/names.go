package scrape

import "github.com/prometheus/client_golang/prometheus"

// metric is the name of a metric, its labels, and what it says.
type metric struct {
	name   string
	labels []string
	help   string
}

// series are the labels of the metrics that are kept by model, endpoint and lane.
func series(more ...string) []string { return append([]string{"model", "endpoint", "lane"}, more...) }

// The metrics that OpenTelemetry's conventions for generative AI clients name, as Prometheus writes the names. The
// convention still changes: a name of it stands here and nowhere else.
var (
	duration = metric{"gen_ai_client_operation_duration_seconds", series("class"),
		"From sending a request to its last token (E2E); of a failed one, to its end."}
	firstChunk = metric{"gen_ai_client_operation_time_to_first_chunk_seconds", series(),
		"From sending a request to the first token of its answer, reasoning included (TTFT)."}
	outputChunk = metric{"gen_ai_client_operation_time_per_output_chunk_seconds", series(),
		"Between two chunks of an answer that hold tokens."}
	tokenUsage = metric{"gen_ai_client_token_usage", series("gen_ai_token_type"),
		"Tokens of an answer, as the relay counted them: input or output."}
)

// Our own metrics.
var (
	requests = metric{"relaytop_requests_total", series("outcome"),
		"Requests that ended: ok, failed or cancelled. One that was cut by its length or filtered is ok."}
	attempts = metric{"relaytop_attempts_total", series("class"),
		"Attempts that ended, by the class of their failure; ok: the attempt was answered."}
	cost = metric{"relaytop_cost_usd_total", series(),
		"Settled cost in US dollars. What relaytop_unknown_cost_requests_total counts is not in it."}
	unknownCost = metric{"relaytop_unknown_cost_requests_total", series(),
		"Requests whose cost is not known."}
	inFlight     = metric{"relaytop_in_flight", []string{"lane"}, "Requests that were sent and have not ended."}
	queueDepth   = metric{"relaytop_queue_depth", nil, "Requests that wait for a worker."}
	waiting      = metric{"relaytop_waiting", nil, "Requests that wait for a retry or for a limit of ours."}
	breakerState = metric{"relaytop_breaker_state", []string{"endpoint", "model"},
		"Breaker of an endpoint, or of a model there: 0 closed, 1 half-open, 2 open."}
	buildInfo = metric{"relaytop_build_info", []string{"version"}, "1, with the version of relaytop."}
)

// The boundaries of the buckets, as the conventions state them: in seconds, and in tokens.
var (
	durationBuckets   = []float64{.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92}
	firstChunkBuckets = []float64{.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	chunkBuckets      = []float64{.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5}
	tokenBuckets      = []float64{1, 4, 16, 64, 256, 1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22,
		1 << 24, 1 << 26}
)

func (m *metric) desc() *prometheus.Desc { return prometheus.NewDesc(m.name, m.help, m.labels, nil) }

func (m *metric) histogram(buckets []float64) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: m.name, Help: m.help, Buckets: buckets}, m.labels)
}
