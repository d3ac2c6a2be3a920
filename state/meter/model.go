package meter

import "time"

// ModelFigures are the figures of a model at an endpoint.
type ModelFigures struct {
	Model, Endpoint string        // Endpoint "": all of them
	OK, Failed      int64         // requests; cancelled ones are neither
	TTFT            time.Duration // the median of the answers; 0: none had a first token
}

// ModelFigures are the figures of each model in this run of the program.
func (f Frozen) ModelFigures() []ModelFigures {
	v := f.View(Run, 1)
	out := make([]ModelFigures, 0, len(v.Models))
	for _, r := range v.Models {
		x := ModelFigures{Model: r.Key, OK: r.Requests - r.Failed, Failed: r.Failed}
		if r.TTFT.N > 0 {
			x.TTFT = r.TTFT.P50
		}
		out = append(out, x)
	}
	return out
}
