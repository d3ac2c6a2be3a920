package meter

import "time"

// Measure is how a model did at an endpoint.
type Measure struct {
	Model, Endpoint string        // Endpoint "": all of them
	OK, Failed      int64         // requests; cancelled ones are neither
	TTFT            time.Duration // the median of the answers; 0: none had a first token
}

// Measures are the models of this run of the program.
func (m *Meter) Measures(now time.Time) []Measure {
	v := m.View(now, Run, 1)
	out := make([]Measure, 0, len(v.Models))
	for _, r := range v.Models {
		x := Measure{Model: r.Key, OK: r.Requests - r.Failed, Failed: r.Failed}
		if r.TTFT.N > 0 {
			x.TTFT = r.TTFT.P50
		}
		out = append(out, x)
	}
	return out
}
