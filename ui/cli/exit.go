package cli

import (
	"errors"

	"relaytop/relay"
)

// The exit codes, as scripts rely on them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2 // wrong use, input or config: nothing was sent
	exitRows        = 3 // finished, but some rows failed, or an objective was missed
	exitBudget      = 4
	exitInterrupted = 5 // can be resumed
	exitIncomplete  = 6 // truncated, cut by length, empty, filtered, ended by an unknown word
	exitCancelled   = 130
)

// exit is an error with an exit code. With a nil err, everything was already reported.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// fail gives err the exit code, or that of the budget for a budget error. nil stays nil.
func fail(code int, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, relay.ErrBudget) {
		code = exitBudget
	}
	return &exit{code: code, err: err}
}

// codeOf is the exit code that an error asks for.
func codeOf(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &e):
		return e.code
	}
	return exitFailed
}

// chatExit is the exit code of a turn that ended.
func chatExit(s relay.Status) int {
	switch s {
	case relay.StatusOK:
		return exitOK
	case relay.StatusLength, relay.StatusFiltered, relay.StatusIncomplete, relay.StatusTruncated, relay.StatusEmpty:
		return exitIncomplete
	case relay.StatusCancelled:
		return exitCancelled
	case relay.StatusFailed:
	}
	return exitFailed
}
