// Package relay holds the words that every part of relaytop shares when it talks about a relay: what goes in
// (Request, Message, Params), what comes out (Event, Result, Usage, Timing), what can go wrong (Error, Class) and
// what it cost (Money, Cost). It imports nothing of ours, opens no socket and holds no state.
//
// The parts that do the work are the packages below it, which import only downward: sse reads bytes, openai makes
// one round trip, retry, limit, route and price decide, pool runs it all, sim plays a relay for the demo and the
// tests.
package relay

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"time"
)

// ID names one request for as long as records of it are kept. It is random, so that two processes on one data folder
// never share one. Zero is no request.
type ID uint64

// NewID returns a fresh random ID, never zero.
func NewID() ID {
	for {
		if id := ID(rand.Uint64()); id != 0 {
			return id
		}
	}
}

// String is the form sent as X-Request-Id and shown to people: "rt-" and 16 hex digits.
func (id ID) String() string { return fmt.Sprintf("rt-%016x", uint64(id)) }

// Lane is the queue that a request waits in. A lower lane is served first.
type Lane uint8

// The lanes, in the order in which they are served.
const (
	LaneChat  Lane = iota // a person waits for it
	LaneFront             // another program waits for it, through the front door
	LaneBench             // a measurement
	LaneBatch             // a row of a file
	NumLanes  = 4
)

var laneNames = [NumLanes]string{"chat", "front", "bench", "batch"}

// String is the lane's name in records and exports: chat, front, bench or batch.
func (l Lane) String() string {
	if int(l) < len(laneNames) {
		return laneNames[l]
	}
	return "lane" + strconv.Itoa(int(l))
}

// Part is one piece of a message's content: text, or an image by URL (data: URLs included).
type Part struct {
	Text  string `json:"text,omitempty"`
	Image string `json:"image,omitempty"`
}

// ToolCall is a call that the model asked for. relaytop shows it and never runs it.
type ToolCall struct {
	ID        string `json:"id,omitempty"`
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments,omitempty"` // JSON as the model wrote it; may be broken
}

// The roles of messages.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
	RoleTool      = "tool"
)

// Message is one turn of a conversation. Parts, if any, are sent instead of Text.
type Message struct {
	Role      string     `json:"role"` // RoleSystem, RoleUser, RoleAssistant or RoleTool
	Text      string     `json:"text,omitempty"`
	Parts     []Part     `json:"parts,omitempty"`
	ToolCalls []ToolCall `json:"tool_calls,omitempty"`
	ToolID    string     `json:"tool_call_id,omitempty"` // role tool: the call that it answers
}

// Params are the request's parameters as they are sent: temperature, max_tokens, any key at all. A key that is not
// there is not sent.
type Params map[string]json.RawMessage

// DefaultParams are the parameters of a request that sets none.
func DefaultParams() Params {
	return Params{"temperature": json.RawMessage("0.7"), "max_tokens": json.RawMessage("4096")}
}

// With returns a copy with one key set to a value, or removed if the value is nil. A value that JSON can't hold
// is left out.
func (p Params) With(key string, value any) Params {
	q := maps.Clone(p)
	if q == nil {
		q = Params{}
	}
	raw, err := json.Marshal(value)
	if value == nil || err != nil {
		delete(q, key)
		return q
	}
	q[key] = raw
	return q
}

// Request is one thing to be answered. It is not changed after Submit.
type Request struct {
	ID       ID
	Lane     Lane
	Group    string // of a row: its run. The groups of a lane are served in turn, whatever each has waiting
	Endpoint string // only this endpoint; "" lets the route choose
	Model    string
	Messages []Message
	Params   Params
	Path     string        // "" is /chat/completions; relative to the endpoint's base URL
	Plain    bool          // ask for one JSON answer instead of a stream
	Fallback []string      // models to try in this order once Model has failed; empty: none
	Once     bool          // a measurement, or a column of a comparison: one attempt, no fallback, no cache, no pacing
	Cache    bool          // a cached answer may be used
	Sched    time.Time     // when it was meant to be sent; zero: when it was submitted
	MaxTotal time.Duration // limit of all attempts and waits; zero: the pool's
	Input    int64         // tokens, where they were estimated before; 0: EstimateInput counts them
	Insist   bool          // sent at once, whatever wait the relay asked for before

	// Body, if set, is sent unchanged except for model, stream, stream_options, and a max_tokens that is ours. Messages
	// are not used then, and Params are those of its keys that are not the user's.
	Body json.RawMessage
}

// OurMaxTokens is the max_tokens of the request where that is only our default; 0: it has none, or the user set it.
func (r *Request) OurMaxTokens() int64 {
	const key = "max_tokens"
	ours := string(DefaultParams()[key])
	if string(r.Params[key]) != ours {
		return 0
	}
	n, err := strconv.ParseInt(ours, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Call is one attempt at a Request: the endpoint and the model that were chosen for it.
type Call struct {
	Request  *Request
	Endpoint string
	Model    string
	Attempt  int // from 1

	// MaxTokens is what the model's window leaves for the answer, in place of a max_tokens that is only our default; 0:
	// as the request says.
	MaxTokens int64
}

// Secret is a key. It prints as dots: only Reveal gives its value.
type Secret string

// String keeps keys out of logs, screens and errors.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Mask
}

// GoString keeps keys out of %#v as String keeps them out of %v.
func (s Secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText keeps keys out of JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Reveal returns the key itself. It is called only to write the Authorization header and to redact.
func (s Secret) Reveal() string { return string(s) }

// The kinds of endpoints that the program knows more about than their URL.
const (
	KindHolySheep = "holysheep" // its prices are built in
	KindSim       = "sim"       // the simulated relay
)

// Endpoint is one place that requests can be sent to.
type Endpoint struct {
	Name        string
	Kind        string // KindHolySheep, KindSim or ""
	BaseURL     string // up to and without /chat/completions
	Key         Secret // "" sends no Authorization header
	KeyEnv      string // the environment variable that the key was read from; "": from elsewhere
	Headers     map[string]string
	Models      []string // empty: any
	Weight      int      // 0 counts as 1
	RPM, TPM    int      // 0: no limit
	AssumedRPM  bool     // nobody set it: it is our default
	AssumedTPM  bool
	RPMSetting  string // what the configuration calls RPM; "": not known
	TPMSetting  string
	Concurrency int // 0: the pool's
	Timeout     time.Duration
	AllowHTTP   bool
	NoRequestID bool // do not send X-Request-Id
	CAFile      string
}

// Offer is a model at an endpoint, with its prices per million tokens. A nil price is unknown or does not apply: a
// model that is billed by the call has only Call.
type Offer struct {
	ID       string
	Endpoint string
	Context  int64 // tokens; 0: not known
	Input    *Money
	Output   *Money
	Cached   *Money    // input read from the provider's cache
	Call     *Money    // for each request, in addition to the tokens
	Source   Source    // of the prices
	AsOf     string    // date of the price table, where it has one
	Listed   time.Time // when the relay listed it, if that was in an earlier run because it does not answer now
}

// Store keeps what the engine learns beyond one run: quirks, model lists, prices, cached answers. Values are opaque.
// state/archive implements it; with a nil Store nothing is kept.
type Store interface {
	// Load returns the value kept under kind and key and when it was saved; ok is false if there is none.
	Load(kind, key string) (value []byte, saved time.Time, ok bool)
	// Save stores a value under kind and key and replaces an older one.
	Save(kind, key string, value []byte) error
}
