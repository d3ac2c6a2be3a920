// Package wire is the codec of the OpenAI protocol: it writes the body of a request, and reads chunks, plain answers,
// usage, lists of models and error objects.
//
// Rules:
//
//   - It is pure: bytes in, values out. It opens no connection, reads no clock and knows no endpoint.
//   - It takes every shape that relays are known to send. A field of an unexpected type is ignored; only a syntax
//     error is an error.
//   - Time and memory depend on the size of a document, not on its shape: nesting and lists are bounded.
//   - Reasoning within content is told from the answer here (Thoughts), so that nobody above sees a think tag.
//   - Decoder.Decode is on the path of every token: a chunk of a usual shape costs one allocation, its text.
//   - The scanner reads exactly as encoding/json does, or leaves the chunk to encoding/json. A fuzz
//     test compares them.
//   - A name that a relay chose is untrusted text: OneLine and Name cap it before it goes into a message.
package wire

import "relaytop/relay"

// Chunk is the content of one event of a stream, or of one plain answer. It holds one choice, the lowest of the
// first chunk that has any: several answers are never mixed.
type Chunk struct {
	ID        string // the relay's id of the answer
	Model     string
	Content   string
	Reasoning string
	Refusal   string
	Finish    string // finish_reason; "" until there is one
	Native    string // native_finish_reason
	Tools     []ToolDelta
	Usage     *relay.Usage // nil: none, or all zeros
	Cost      *relay.Money // usage.cost, or another that the relay states; nil: none
	CostRough bool         // Cost is an estimate
	Error     []byte       // the error object as JSON; nil: none
	HasChoice bool
	Bare      bool // a JSON object without choices and without an error, such as the answer of /embeddings

	index int32      // of the choice
	cut   *cutHalves // nil: neither text begins or ends with half a surrogate pair
}

// ToolDelta is a piece of a tool call.
type ToolDelta struct {
	Index    int // as sent; -1: none was sent
	ID, Name string
	Args     string
}
