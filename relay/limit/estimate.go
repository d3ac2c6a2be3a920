package limit

import "relaytop/relay"

const (
	bytesAToken  = 4    // of ASCII text
	imageTokens  = 1000 // an image, whatever its size
	framedTokens = 4    // role and separators of one message
)

// Estimate guesses the input tokens of a request: a token for four ASCII bytes, or for one character of any other script.
func Estimate(r *relay.Request) int64 {
	if len(r.Body) > 0 {
		return text(string(r.Body))
	}
	var n int64
	for _, m := range r.Messages {
		n += framedTokens
		if len(m.Parts) == 0 {
			n += text(m.Text)
		}
		for _, p := range m.Parts {
			n += text(p.Text)
			if p.Image != "" {
				n += imageTokens
			}
		}
		for _, c := range m.ToolCalls {
			n += text(c.Name) + text(c.Arguments)
		}
	}
	return n
}

func text(s string) int64 {
	var ascii, other int64
	for _, r := range s {
		if r < 0x80 {
			ascii++
		} else {
			other++
		}
	}
	return (ascii+bytesAToken-1)/bytesAToken + other
}
