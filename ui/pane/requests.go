package pane

import (
	"strings"
	"time"

	"relaytop/state"
)

// RequestsMsg asks the root for a list of requests that ended, the slowest first.
type RequestsMsg struct{ Filter RequestFilter }

// RequestFilter is which requests are listed. A field that is not set leaves none out.
type RequestFilter struct {
	From, To              time.Time // when they ended, To excluded
	Model, Endpoint, Lane string
	Troubled              bool // only those with an attempt that failed
}

// Keeps reports whether a request is one of those.
func (f *RequestFilter) Keeps(l *state.RequestLine) bool {
	switch {
	case !f.From.IsZero() && l.At.Before(f.From), !f.To.IsZero() && !l.At.Before(f.To):
		return false
	case f.Model != "" && f.Model != l.Model, f.Endpoint != "" && f.Endpoint != l.Endpoint:
		return false
	case f.Lane != "" && f.Lane != l.Lane.String():
		return false
	}
	return !f.Troubled || l.Class != "" || l.Attempts > 1
}

// String is the filter in words: model:gpt-4.1 14:20:02 to 14:20:05. Nothing is "all".
func (f *RequestFilter) String() string {
	var words []string
	for _, w := range [][2]string{{"model:", f.Model}, {"endpoint:", f.Endpoint}, {"lane:", f.Lane}} {
		if w[1] != "" {
			words = append(words, w[0]+w[1])
		}
	}
	if f.Troubled {
		words = append(words, "failed or retried")
	}
	const clock = "15:04:05"
	switch {
	case !f.From.IsZero() && !f.To.IsZero():
		words = append(words, f.From.Format(clock)+" to "+f.To.Format(clock))
	case !f.From.IsZero():
		words = append(words, "since "+f.From.Format(clock))
	}
	if len(words) == 0 {
		return "all"
	}
	return strings.Join(words, " ")
}
