package relay

// Check is one line of a diagnosis: what was looked at, what came of it, and what a person can do.
type Check struct {
	Name   string `json:"name"`
	OK     *bool  `json:"ok"` // nil: not checked, can't be checked from here, or missing and not needed
	Detail string `json:"detail"`
	Fix    string `json:"fix"` // "": there is nothing to do
	// Why OK is nil, in a word: "" is not known, else missing or not_applicable.
	Without Absence `json:"without,omitempty"`
}

// Absence is why a Check has no verdict, if that is known.
type Absence string

// The kinds of absence.
const (
	IsMissing     Absence = "missing"        // it is not there; what it is for works in another way, or not
	NotApplicable Absence = "not_applicable" // there is nothing to check here
)

// Missing is a Check of something that is not there, and that requests do not need.
func Missing(name, detail, fix string) Check {
	return Check{Name: name, Detail: detail, Fix: fix, Without: IsMissing}
}

// Inapplicable is a Check of something that does not exist here.
func Inapplicable(name, detail string) Check {
	return Check{Name: name, Detail: detail, Without: NotApplicable}
}

// Passed is a Check that is in order.
func Passed(name, detail string) Check { ok := true; return Check{Name: name, OK: &ok, Detail: detail} }

// Failing is a Check that is not in order.
func Failing(name, detail, fix string) Check {
	ok := false
	return Check{Name: name, OK: &ok, Detail: detail, Fix: fix}
}

// Unknown is a Check without a verdict.
func Unknown(name, detail, fix string) Check { return Check{Name: name, Detail: detail, Fix: fix} }

// Spending says how a diagnosis may spend money: who is asked, what must allow it, and who gets the result.
type Spending struct {
	// Guard says why nothing may be sent to a model now, whose price may not be known. It is asked before the question;
	// nil: everything may.
	Guard func(model string, priced bool) error
	Ask   func(what string) bool // may this be sent? nil: no
	Sink  Sink                   // takes the Done of each request; may be nil
}

// Connection is a relay that was tried before it is configured.
type Connection struct {
	BaseURL string   // corrected
	Models  []string // that it lists; empty: none, or there is no list
	Model   string   // the default model: the one requested if the relay may have it, else one of the list
	Proved  string   // what the test proved, in one line
}
