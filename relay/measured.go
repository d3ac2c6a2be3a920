package relay

import "time"

// AssumedAnswer is the length of an answer, in tokens, of a model that has not answered yet: forecasts and limiters
// count with it.
const AssumedAnswer = 256

// Measured is what the answers of a model were like. The zero value means that none was measured.
type Measured struct {
	Answers int64         // behind Output
	Output  int64         // tokens of an answer, on average
	Took    time.Duration // from sending to the end, on average; 0: not known
	Rows    bool          // only rows of batches were measured; else all requests
}
