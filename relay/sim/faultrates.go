package sim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// faults are the faults that can be played at random, other than the statuses from 400 to 599.
func faults() map[string][]Edit {
	return map[string][]Edit{
		"cut":     {CutContent(12, EndAbort)},
		"eof":     {CutContent(12, EndClean)},
		"reset":   {CutContent(12, EndReset)},
		"stall":   {Stall(6)},
		"empty":   {Empty()},
		"slow":    {Slow(4)},
		"html":    {HTML(http.StatusBadGateway)},
		"garbage": {Garbage(4)},
		"inline":  {Inline(InlineObject, 0)},
	}
}

// FaultNames returns the faults that ParseErrors knows other than the statuses, sorted.
func FaultNames() []string {
	var names []string
	for name := range faults() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func knownFault(name string) bool {
	status, err := strconv.Atoi(name)
	return err == nil && status >= 400 && status <= 599 || slices.Contains(FaultNames(), name)
}

// roll decides whether this request meets a fault. It depends on seed, model, prompt and how often the prompt came,
// so that a retry may succeed.
func (s *Server) roll(r *Request) []Edit {
	if len(s.opts.Errors) == 0 {
		return nil
	}
	x := r.rand(fmt.Sprintf("fault %d", r.Nth)).Float64()
	for _, rate := range s.opts.Errors {
		if x -= rate.P; x >= 0 {
			continue
		}
		if status, err := strconv.Atoi(rate.Fault); err == nil {
			return []Edit{Status(status)}
		}
		edits := faults()[rate.Fault]
		for i := range edits {
			edits[i].Fault = rate.Fault
		}
		return edits
	}
	return nil
}

// retryAfter returns the wait that a random 429 or 503 asks for. It is short, so that a demo goes on.
const retryAfter = time.Second
