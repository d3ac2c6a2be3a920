package pane

// Term is a word of the screens and what it means.
type Term struct{ Name, Means string }

// Terms are the words that the screens and commands use without explaining them, from the most general to the most
// special. The help of the dashboard and that of the commands show them.
func Terms() []Term {
	return []Term{
		{"relay", "the service between you and the models: an OpenAI-compatible API at a base URL, also called a gateway"},
		{"lane", "a queue of its own in front of the relay: chats, batches and benchmarks do not hold each other up"},
		{"TTFT", "time to the first token: from sending a request to the first piece of the answer, reasoning included"},
		{"E2E", "end to end: from sending a request to the last token of its answer"},
		{"TPOT", "time per output token after the first; its inverse is the speed of an answer in tok/s"},
		{"burst", "an answer that came at once, so that it has no speed: the relay or a proxy held it back"},
		{"felt", "what a person waited for: E2E and the waits before it, in the queue and between attempts"},
		{"breaker", "stops requests to an endpoint and model that keep failing, and lets one through to see if they work " +
			"again"},
		{"journal", "the file of a batch run with every answer that was paid for: a resumed run sends none of them again"},
		{"list price", "what the vendor of a model charges; saved is the difference to what the relay charged"},
	}
}
