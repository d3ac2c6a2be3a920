package sim

// The shapes of an error inside a 200 stream, as data of one event.
const (
	InlineObject = `{"error":{"message":"Upstream error from provider: internal error","type":"server_error",` +
		`"code":"server_error"}}`
	InlineString   = `{"error":"upstream closed the stream"}`
	InlineIntCode  = `{"error":{"message":"Rate limit exceeded","code":429}}`
	InlineTextCode = `{"error":{"message":"Rate limit exceeded","code":"429"}}`
	InlineNullCode = `{"error":{"message":"Provider returned error","type":null,"param":null,"code":null}}`
	InlineMistral  = `{"object":"error","message":{"detail":"Service tier capacity exceeded for this model."},` +
		`"type":"service_tier_capacity_exceeded","code":"3505"}`
	InlineAnthropic = `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`
	InlineMetadata  = `{"error":{"message":"Rate limit exceeded: free-models-per-min.","code":429,` +
		`"metadata":{"headers":{"X-RateLimit-Limit":"20","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"2000"}}}}`
)

// Inline sends an error of the given shape after n chunks with tokens, then [DONE], as relays do.
func Inline(shape string, after int) Edit {
	return editPlay("inline", func(_ *Request, p *Play) { p.fail(Frame{Data: shape}, after) })
}

// InlineEvent is Inline with an `event: error` line.
func InlineEvent(shape string, after int) Edit {
	return editPlay("inline", func(_ *Request, p *Play) { p.fail(Frame{Data: shape, Name: "error"}, after) })
}

func (p *Play) fail(f Frame, after int) {
	p.keep(after)
	f.At = p.lastAt()
	p.Frames = append(p.Frames, f, Frame{At: f.At, Data: "[DONE]"})
}
