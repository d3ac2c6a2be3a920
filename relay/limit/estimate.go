package limit

import "relaytop/relay"

const (
	imageTokens  = 1000 // an image, whatever its size
	framedTokens = 4    // role and separators of one message
)

// Estimate guesses the input tokens of a request.
func Estimate(r *relay.Request) int64 {
	if len(r.Body) > 0 {
		return relay.EstimateTokens(string(r.Body))
	}
	var n int64
	for _, m := range r.Messages {
		n += framedTokens
		if len(m.Parts) == 0 {
			n += relay.EstimateTokens(m.Text)
		}
		for _, p := range m.Parts {
			n += relay.EstimateTokens(p.Text)
			if p.Image != "" {
				n += imageTokens
			}
		}
		for _, c := range m.ToolCalls {
			n += relay.EstimateTokens(c.Name + c.Arguments)
		}
	}
	return n
}
