package cli

import (
	"fmt"
	"strconv"
	"strings"

	"relaytop/relay"
	"relaytop/ui/widget"
)

// facts prints the line of facts about a turn, and what to do if it went wrong.
func (c *console) facts(r *relay.Result) {
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	model := r.Model
	if model == "" {
		model = r.Asked
	}
	if r.Requested != "" && model != r.Requested {
		model = r.Requested + " -> " + model
	}
	add("%s", model)
	if d, ok := r.Timing.TTFT(); ok {
		add("TTFT %s", shortDuration(d))
	} else if d, ok := r.Timing.E2E(); ok && r.Timing.Whole {
		add("E2E %s", shortDuration(d))
		add("not streamed")
	}
	if r.Usage != nil {
		count := func(n int64) string { return widget.About(strconv.FormatInt(n, 10), r.Usage.Estimated) }
		out := r.AnswerUsage().Output
		if v, ok := r.Timing.Speed(out); ok {
			add("%s tok/s", widget.About(widget.Speed(v), r.Usage.Estimated))
		} else if r.Timing.Burst(out) {
			add("burst")
		}
		add("in %s", count(r.Usage.Input))
		add("out %s", count(r.Usage.Output))
	}
	add("%s", costText(r.Cost))
	add("%s", endText(r))
	c.note("%s", strings.Join(parts, c.stderr().separator()))
	if r.Err != nil && r.Status != relay.StatusOK {
		c.note("%s", r.Err.Advice())
	} else if r.Status == relay.StatusLength && r.Text == "" && r.Reasoning != "" {
		c.sentence("every token was spent on reasoning: raise max_tokens, or lower reasoning_effort")
	}
}

func costText(cost relay.Cost) string {
	switch {
	case !cost.Known() && cost.Part > 0:
		return "cost unknown, at least " + cost.Part.Dollars()
	case !cost.Known():
		return "cost unknown"
	}
	return widget.About(cost.Amount.Dollars(), cost.Estimated) + " " + string(cost.Source)
}

// endText says how a turn ended.
func endText(r *relay.Result) string {
	switch {
	case r.Status == relay.StatusOK && r.Finish != "":
		return r.Finish
	case r.Status == relay.StatusIncomplete:
		return "incomplete: ended with the finish_reason " + r.Finish + ", whose meaning is not known"
	case r.Err != nil && string(r.Err.Class) == string(r.Status): // truncated, empty, cancelled
		return r.Err.Error()
	case r.Err != nil:
		return string(r.Status) + ": " + r.Err.Error()
	}
	return string(r.Status)
}
