package relay

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Class is the kind of a failure. The list is closed: scripts and statistics rely on the names. What a class means
// to the parts of the program is its row in the table of traits; a new class is a constant, a row, and one more in
// NumClasses.
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
	ClassSchema        Class = "schema" // of a batch row alone: its answer does not fit the schema of the run

	NumClasses = 16 // number of classes
)

// Traits say what a class of failure means.
type Traits struct {
	Order    int        // place in reports, from 1; 0: not one of the classes
	Retry    bool       // the same request may succeed if it is sent again
	Fallback NextModel  // whether another model may answer in its place
	Unasked  bool       // the model was not asked: another endpoint is tried at once
	Refused  bool       // the endpoint refuses every request until its key or account changes: nothing more is sent there
	Breaker  BreakerUse // what it says about the health of the endpoint
	Cooldown bool       // a wait that the relay asks for with it holds back every request for the model at that endpoint
	Overrun  bool       // the endpoint had too many requests at once: its concurrency is lowered
	CutsOff  bool       // an answer that had begun may be incomplete: `retry failed` of a batch sends the row again
	Origin   Origin     // which side it comes from
	Group    Group      // what charts draw it as
	Advice   string     // one line on what a person can do about it
	FellBack string     // the same for those who have a fallback model, where Advice is to set one
}

// NextModel says whether a fallback model may answer what a model could not.
type NextModel uint8

// The rules for the next model.
const (
	NoModel     NextModel = iota // it would fail as well
	AnyModel                     // any model may answer
	LargerModel                  // a model with a larger context window may answer
)

// BreakerUse says how a failure counts for the circuit breaker of an endpoint and model.
type BreakerUse uint8

// The ways to count.
const (
	BreakerIgnores BreakerUse = iota // it says nothing about the endpoint
	BreakerFailure                   // it counts against the endpoint
	BreakerSuccess                   // the endpoint did its part
)

// Origin says which side a failure comes from.
type Origin uint8

// The origins.
const (
	FromAnswer  Origin = iota // what came back can't be used
	FromNetwork               // the relay could not be reached, or did not answer in time
	FromRelay                 // the relay, or a provider behind it, would not have served any request
	FromRequest               // the request itself: sent again, it fails again
	FromUser                  // a person or the end of the program stopped it
)

// Group is a set of classes that charts draw as one.
type Group uint8

// The groups, in the order of a legend.
const (
	GroupOverload Group = iota
	GroupLimit
	GroupTimeout
	GroupOther
	NumGroups = 4
)

// String is the name in a legend.
func (g Group) String() string {
	return [NumGroups]string{"overload", "limit", "timeout", "other"}[min(g, GroupOther)]
}

// traits is the table of the classes. It is only read.
var traits = map[Class]Traits{
	ClassAuth: {Order: 1, Unasked: true, Refused: true, Origin: FromRelay, Group: GroupOther,
		Advice: "check the key: `relaytop doctor` says which one was used"},
	ClassQuota: {Order: 2, Unasked: true, Refused: true, Origin: FromRelay, Group: GroupLimit,
		Advice: "top up the account at the relay, or use another key"},
	ClassRateLimit: {Order: 3, Retry: true, Fallback: AnyModel, Cooldown: true, Overrun: true,
		Origin: FromRelay, Group: GroupLimit,
		Advice:   "wait, lower the concurrency, or set a fallback model",
		FellBack: "wait, or lower the concurrency"},
	ClassInvalid: {Order: 4, Origin: FromRequest, Group: GroupOther,
		Advice: "the relay refused the request: look at the parameters"},
	ClassUnknownModel: {Order: 5, Unasked: true, Fallback: AnyModel, Origin: FromRequest, Group: GroupOther,
		Advice: "pick another model: `relaytop models` lists what the relay has"},
	ClassContextLength: {Order: 6, Fallback: LargerModel, Origin: FromRequest, Group: GroupOther,
		Advice: "shorten the conversation, or pick a model with a larger window"},
	ClassContentFilter: {Order: 7, Breaker: BreakerSuccess, Origin: FromRequest, Group: GroupOther,
		Advice: "the provider refused this content: word it differently"},
	ClassOverloaded: {Order: 8, Retry: true, Fallback: AnyModel, Breaker: BreakerFailure, Cooldown: true, Overrun: true,
		Origin: FromRelay, Group: GroupOverload,
		Advice:   "the relay has no capacity for this model just now: try again, or set a fallback model",
		FellBack: "the relay has no capacity for this model just now: try again"},
	ClassUpstream: {Order: 9, Retry: true, Fallback: AnyModel, Breaker: BreakerFailure, Cooldown: true,
		Origin: FromRelay, Group: GroupOverload,
		Advice: "the provider behind the relay failed: try again"},
	ClassTimeout: {Order: 10, Retry: true, Fallback: AnyModel, Breaker: BreakerFailure, Cooldown: true,
		Origin: FromNetwork, Group: GroupTimeout,
		Advice: "nothing came in time: try again, or raise REQUEST_TIMEOUT_SECONDS"},
	ClassNetwork: {Order: 11, Retry: true, Fallback: AnyModel, Breaker: BreakerFailure,
		Origin: FromNetwork, Group: GroupTimeout,
		Advice: "the relay could not be reached: check the base URL and the network"},
	ClassProtocol: {Order: 12, Origin: FromAnswer, Group: GroupOther,
		Advice: "what came back is not an OpenAI-compatible answer: check the base URL"},
	ClassTruncated: {Order: 13, Retry: true, Fallback: AnyModel, Breaker: BreakerFailure, CutsOff: true,
		Origin: FromAnswer, Group: GroupOther,
		Advice: "the stream broke off before its end: continue or regenerate"},
	ClassEmpty: {Order: 14, Retry: true, Fallback: AnyModel, Origin: FromAnswer, Group: GroupOther,
		Advice: "the relay said ok and sent nothing: try again"},
	ClassCancelled: {Order: 15, CutsOff: true, Origin: FromUser, Group: GroupOther,
		Advice: "it was stopped"},
	ClassSchema: {Order: 16, Origin: FromAnswer, Group: GroupOther,
		Advice: "the answer does not fit the JSON schema: send it again, or ask a model that supports json_schema"},
}

// Traits is the class's row in the table. A class that is not in it is neither retried nor handed to a fallback.
func (c Class) Traits() Traits {
	if t, ok := traits[c]; ok {
		return t
	}
	return Traits{Group: GroupOther}
}

// Advice is one line on what a person can do about it.
func (c Class) Advice() string { return c.Traits().Advice }

// AdviceFellBack is Advice for those who have a fallback model that was tried: it does not advise to set one.
func (c Class) AdviceFellBack() string {
	t := c.Traits()
	return cmp.Or(t.FellBack, t.Advice)
}

// Failed reports whether the class says that something failed: "" is success, and what a person stopped did not fail.
func (c Class) Failed() bool { return c != "" && c.Traits().Origin != FromUser }

// ordered holds the classes by Order. It is only read.
var ordered = slices.SortedFunc(maps.Keys(traits), func(a, b Class) int {
	return cmp.Compare(traits[a].Order, traits[b].Order)
})

// Classes lists every class once, in the order in which reports show them.
func Classes() []Class { return slices.Clone(ordered) }

// ClassAt is the class whose Order is n; "" if there is none.
func ClassAt(n int) Class {
	if n < 1 || n > len(ordered) {
		return ""
	}
	return ordered[n-1]
}

// CodeEnded is the Code of a ClassCancelled error if the end of the program stopped the request, not a person.
const CodeEnded = "program_ended"

// Error is a failure of one attempt, or of a whole request. Message is the text of the relay or the system, capped
// but not filtered: it passes ui/text before it is shown.
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

// Brief names the failure in a few words: "429 rate_limit", "network". The status of an error inside a 200 says
// nothing.
func (e *Error) Brief() string { return failure(e.Status, e.Class) }

func failure(status int, class Class) string {
	if status > 0 && (status < 200 || status > 299) {
		return fmt.Sprintf("%d %s", status, class)
	}
	return string(class)
}

// NoPath reports whether an HTTP status says that the relay has nothing at the path: 404, 405 or 501.
func NoPath(status int) bool { return status == 404 || status == 405 || status == 501 }

// LacksPath reports whether a request failed because the endpoint does not have the path.
func (e *Error) LacksPath() bool { return e.Class == ClassInvalid && NoPath(e.Status) }

// LacksModel reports whether a request failed because the endpoint does not have the model, or not the path.
func (e *Error) LacksModel() bool { return e.Class == ClassUnknownModel || e.LacksPath() }

// NamesNoWait reports whether the relay refused the request with a 429 and did not say for how long.
func (e *Error) NamesNoWait() bool { return e.Class == ClassRateLimit && e.Status == 429 && !e.Waits }

// Unwrap returns the cause, so that errors.Is finds context and network errors.
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

// ErrBudget says that nothing is sent because a budget is spent. The error around it says which one.
var ErrBudget = errors.New("the budget is spent")

// UnpricedError says that nothing is sent because a limit in money can't be kept: what a model costs is not known. It
// is an ErrBudget.
type UnpricedError struct {
	Model string
	Limit string // the limit in words, such as "the budget of $2.50"
}

// Error names the limit and the model, and says how to give a price.
func (e *UnpricedError) Error() string {
	return fmt.Sprintf("%s can't be kept: the price of %s is not known; %s", e.Limit, e.Model, HowToPrice(e.Model))
}

// Is makes it an ErrBudget.
func (e *UnpricedError) Is(target error) bool { return target == ErrBudget }

// HowToPrice says how a user gives the price of a model.
func HowToPrice(model string) string {
	return fmt.Sprintf(`state it: price_file = "prices.toml" in the config, and in that file, in USD per million tokens,`+
		` %q = { input = 1.00, output = 2.00 }`, model)
}
