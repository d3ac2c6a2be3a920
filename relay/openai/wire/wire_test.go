package wire

// delta is a chunk with this delta.
func delta(d string) string {
	return `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,` +
		`"delta":` + d +
		`,"finish_reason":null}]}`
}

// content is a chunk with this text.
func content(s string) string { return delta(`{"content":` + string(quote(s)) + `}`) }

// finish is the chunk with the finish_reason.
func finish(reason string) string {
	return `{"id":"chatcmpl-1","object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{},` +
		`"finish_reason":"` +
		reason + `"}]}`
}

const usageChunk = `{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13,` +
	`"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":1}}}`
