package relay

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Class is the kind of a failure. The list is closed: scripts and statistics rely on the names.
type Class string

// The classes.
const (
	ClassAuth          Class = "auth"
	ClassQuota         Class = "quota"
	ClassRateLimit     Class = "rate_limit"
	ClassInvalid       Class = "invalid"
	ClassUnknownModel  Class = "unknown_model"
	ClassContextLength Class = "context_length"
	ClassContentFilter Class = "content_filter"
	ClassOverloaded    Class = "overloaded"
	ClassUpstream      Class = "upstream"
	ClassTimeout       Class = "timeout"
	ClassNetwork       Class = "network"
	ClassProtocol      Class = "protocol"
	ClassTruncated     Class = "truncated"
	ClassEmpty         Class = "empty"
	ClassCancelled     Class = "cancelled"
)

// Classes lists every class once, in the order in which reports show them.
func Classes() []Class {
	return []Class{ClassAuth, ClassQuota, ClassRateLimit, ClassInvalid, ClassUnknownModel, ClassContextLength, ClassContentFilter,
		ClassOverloaded, ClassUpstream, ClassTimeout, ClassNetwork, ClassProtocol, ClassTruncated, ClassEmpty, ClassCancelled}
}

// CodeEnded is the Code of a ClassCancelled error where not a person stopped the request but the program ended.
const CodeEnded = "program_ended"

var advice = map[Class]string{
	ClassAuth:          "check the key: `relaytop doctor` says which one was used",
	ClassQuota:         "top up the account at the relay, or use another key",
	ClassRateLimit:     "wait, lower the concurrency, or set a fallback model",
	ClassInvalid:       "the relay refused the request: look at the parameters",
	ClassUnknownModel:  "pick another model: `relaytop models` lists what the relay has",
	ClassContextLength: "shorten the conversation, or pick a model with a larger window",
	ClassContentFilter: "the provider refused this content: word it differently",
	ClassOverloaded:    "the relay has no capacity for this model just now: try again, or set a fallback model",
	ClassUpstream:      "the provider behind the relay failed: try again",
	ClassTimeout:       "nothing came in time: try again, or raise REQUEST_TIMEOUT_SECONDS",
	ClassNetwork:       "the relay could not be reached: check the base URL and the network",
	ClassProtocol:      "what came back is not an OpenAI-compatible answer: check the base URL",
	ClassTruncated:     "the stream broke off before its end: continue or regenerate",
	ClassEmpty:         "the relay said ok and sent nothing: try again",
	ClassCancelled:     "it was stopped",
}

// Advice is one line on what a person can do about it.
func (c Class) Advice() string { return advice[c] }

// Error is a failure of one attempt, or of a whole request. Message is what the relay or the system said, capped but not
// filtered: it passes ui/text before it is shown.
type Error struct {
	Class      Class
	Status     int           // HTTP status; 0: there was none
	Code       string        // error.code or error.type of the body
	Message    string        // one line
	RetryAfter time.Duration // how long the relay asked us to wait; 0 with Waits set: not at all
	Waits      bool          // the relay named a wait
	WaitFrom   string        // which header or field named it
	Hint       string        // what a person can do, where more is known than the class says
	Retry      *bool         // x-should-retry
	Endpoint   string
	Model      string
	Cause      error
}

// Advice is one line on what a person can do about it.
func (e *Error) Advice() string {
	if e.Hint != "" {
		return e.Hint
	}
	return e.Class.Advice()
}

// Error is one line: class, status and message.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Class))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Message != "" {
		b.WriteString(": ")
		b.WriteString(e.Message)
	}
	return b.String()
}

// Unwrap gives what lies behind it, so that errors.Is finds context and network errors.
func (e *Error) Unwrap() error { return e.Cause }

// AsError returns the Error in err's chain, or one of the given class made of it. Nil stays nil.
func AsError(err error, class Class) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Class: class, Message: err.Error(), Cause: err}
}

// ErrBudget says that nothing is sent because a budget is spent. Whoever may raise it is told which one by the error around it.
var ErrBudget = errors.New("the budget is spent")
