package relay

// Check is one line of a diagnosis: what was looked at, what came of it, and what a person can do.
type Check struct {
	Name   string `json:"name"`
	OK     *bool  `json:"ok"` // nil: not looked at, not to be known from here, or not there and not needed
	Detail string `json:"detail"`
	Fix    string `json:"fix"` // "": there is nothing to do
}

// Passed is a Check that is in order.
func Passed(name, detail string) Check { ok := true; return Check{Name: name, OK: &ok, Detail: detail} }

// Failing is a Check that is not in order.
func Failing(name, detail, fix string) Check {
	ok := false
	return Check{Name: name, OK: &ok, Detail: detail, Fix: fix}
}

// Unknown is a Check that says neither.
func Unknown(name, detail, fix string) Check { return Check{Name: name, Detail: detail, Fix: fix} }
