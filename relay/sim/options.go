package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Options set how the relay behaves. The zero value is for the demo: each model at its own speed, no faults, no
// limits, no key needed, usage in an extra last chunk, seed 0, a free port.
type Options struct {
	Listen string // host:port on a loopback address; "" is 127.0.0.1:0
	Key    string // required as a bearer token; "": no key is required
	Seed   uint64 // answers, lengths, delays and faults depend on it and on the prompt

	TTFT        time.Duration // median; 0: the model's own; negative: none
	ITL         time.Duration // between two tokens; 0: the model's own; negative: none
	Jitter      float64       // of TTFT and ITL, as a fraction up to 1; 0: the model's own; negative: none
	Tokens      int           // of visible text, exactly, unless max_tokens is less; 0: those of the answer
	ChunkTokens int           // tokens in one chunk; 0: 1

	Errors            Rates
	RPM               int // requests a minute, 429 beyond; 0: no limit
	Concurrency       int // chat requests at the same time; 0: no limit
	ConcurrencyStatus int // the status beyond it: 429 or 503; 0: 429

	Usage     UsageMode // "" is UsageLast
	CostField bool      // usage.cost is sent

	BatchPace time.Duration // that a batch spends in a phase; 0: 4 s
}

// Instant returns the options of most tests: no delays.
func Instant() Options { return Options{TTFT: -1, ITL: -1, Jitter: -1} }

// UsageMode says where a stream has its usage. A plain answer has it in all modes but UsageNone, UsageNull and
// UsageZeros.
type UsageMode string

// The modes. The first four are the values of the flag; the others are for scripts.
const (
	UsageLast    UsageMode = "last"     // an extra chunk without choices, if stream_options asked for it
	UsageFinish  UsageMode = "finish"   // in the chunk with the finish_reason
	UsageEvery   UsageMode = "every"    // in every chunk, cumulative
	UsageNone    UsageMode = "none"     // never
	UsageNull    UsageMode = "null"     // null in every chunk, never a number
	UsageNullRun UsageMode = "null-run" // null in every chunk, then the extra last one
	UsageZeros   UsageMode = "zeros"    // an extra last chunk full of zeros
)

// ParseUsage reads the flag --usage.
func ParseUsage(s string) (UsageMode, error) {
	switch m := UsageMode(s); m {
	case UsageLast, UsageFinish, UsageEvery, UsageNone, UsageNull, UsageNullRun, UsageZeros:
		return m, nil
	case "":
		return UsageLast, nil
	}
	return "", fmt.Errorf("usage %q: want last, finish, every or none", s)
}

// Rate is how often a fault is played: P is a probability between 0 and 1.
type Rate struct {
	Fault string
	P     float64
}

// Rates are the faults played at random. Each request gets at most one of them.
type Rates []Rate

// String is the form that ParseErrors reads.
func (r Rates) String() string {
	parts := make([]string, len(r))
	for i, x := range r {
		parts[i] = x.Fault + "=" + strconv.FormatFloat(x.P*100, 'g', 6, 64) + "%"
	}
	return strings.Join(parts, ",")
}

// ParseErrors reads "429=2%,500=1%,cut=0.5%,stall=1%". A fault is a status from 400 to 599 or one of FaultNames; a
// rate is a percentage or a fraction of 1, and all together are at most 100 %.
func ParseErrors(s string) (Rates, error) {
	var rates Rates
	sum := 0.0
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return nil, fmt.Errorf("errors: %q: want fault=rate, such as 429=2%%", part)
		}
		name = strings.TrimSpace(name)
		if !knownFault(name) {
			return nil, fmt.Errorf("errors: unknown fault %q: want a status from 400 to 599 or one of %s", name,
				strings.Join(FaultNames(), ", "))
		}
		digits, percent := strings.CutSuffix(strings.TrimSpace(value), "%")
		p, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
		if err != nil {
			return nil, fmt.Errorf("errors: rate of %s: %q is not a number", name, value)
		}
		if percent {
			p /= 100
		}
		// This form refuses NaN too.
		if !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("errors: rate of %s: %q is not between 0 and 100%%", name, value)
		}
		if sum += p; sum > 1.000001 {
			return nil, fmt.Errorf("errors: the rates add up to more than 100%%")
		}
		rates = append(rates, Rate{Fault: name, P: p})
	}
	return rates, nil
}
