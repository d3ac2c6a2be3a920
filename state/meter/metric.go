package meter

import (
	"math/bits"
	"time"
)

// Metric is one latency that is measured.
type Metric uint8

// The latencies. The first four are kept for the windows too, the others for the whole run only.
const (
	TTFT      Metric = iota // send to first token, reasoning included
	E2E                     // send to last token
	TPOT                    // per output token after the first
	Queue                   // planned to sent: our own waiting
	TTFO                    // send to the first token that is not reasoning
	TTFB                    // send to the first byte
	Scheduled               // planned to last token: what a caller experiences, coordinated omission included
	Gap                     // between token-bearing chunks, pooled; a chunk may hold several tokens
	Wait                    // all retry waits of a request that had any
	numMetrics

	numWindowed = Queue + 1
)

// The range of every latency. What lies outside is counted at its end.
const (
	lowest  = time.Microsecond
	highest = time.Hour
)

// micros clamps a latency into the range and gives it in microseconds.
func micros(d time.Duration) int64 {
	return int64(min(max(d, lowest), highest) / time.Microsecond)
}

// The windows count latencies in steps like those of an HdrHistogram with two digits: exact below 256 us, then 128
// steps an octave. A step is at most 1/128 wide, so its middle is at most 0.4 % off.
const (
	exact   = 256
	octave  = 128
	numStep = exact + 24*octave // 2^32 us is beyond an hour
)

func stepOf(us int64) uint32 {
	if us < exact {
		return uint32(us)
	}
	shift := bits.Len64(uint64(us)) - 8
	return uint32(exact + (shift-1)*octave + int(us>>shift) - octave)
}

// middle is the latency in the middle of a step.
func middle(step uint32) time.Duration {
	if step < exact {
		return time.Duration(step) * time.Microsecond
	}
	shift := (step-exact)/octave + 1
	low := int64((step-exact)%octave+octave) << shift
	return time.Duration(low+int64(1)<<(shift-1)) * time.Microsecond
}
