package openai

import "relaytop/relay"

// estimate fills in the counts that the relay did not send, and marks them. Without any output the usage stays
// unknown.
func estimate(r *relay.Reply, req *relay.Request) {
	out := relay.EstimateTokens(r.Text + r.Reasoning + r.Refusal)
	for _, t := range r.Tools {
		out += relay.EstimateTokens(t.Name + t.Arguments)
	}
	if out == 0 || r.Usage != nil && r.Usage.Output > 0 && r.Usage.Input > 0 {
		return
	}
	var u relay.Usage
	if r.Usage != nil {
		u = *r.Usage
	}
	switch {
	case u.Output == 0 && u.Doubtful: // only the sum is known: what is not input was billed as output
		u.Input = min(relay.EstimateInput(req), max(u.Input-out, 0))
		u.Output = u.Total - u.Input
	case u.Output == 0:
		u.Output, u.Estimated = out, true
	}
	if u.Input == 0 {
		u.Input, u.Estimated = relay.EstimateInput(req), true
	}
	u.Total = u.Input + u.Output
	r.Usage = &u
}
