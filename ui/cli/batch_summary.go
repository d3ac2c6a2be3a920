package cli

import (
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state/job"
)

// progressLine is the progress of a run in words.
func progressLine(h *job.Header) string {
	switch h.State {
	case job.Reading:
		return "reading: " + relay.Counted(h.Rows, "row") + " so far"
	case job.Finishing:
		return "finishing: writing the output"
	case job.Pausing:
		return "pausing: " + runningLine(h)
	case job.Running, job.Paused, job.Finished, job.Cancelled, job.Broken, job.Damaged:
	}
	return runningLine(h)
}

// mostDone is the share of a run whose rows have all ended, and whose output is still to be written.
const mostDone = 0.99

// partDone is the share of a run that is done.
func partDone(h *job.Header) float64 {
	part := float64(h.Done()) / float64(max(h.Rows, 1))
	switch h.State {
	case job.Reading: // the number of rows is not known
		return 0
	case job.Finished:
		return part
	case job.Running, job.Pausing, job.Paused, job.Finishing, job.Cancelled, job.Broken, job.Damaged:
	}
	return min(part, mostDone)
}

func runningLine(h *job.Header) string {
	if h.Provider.Open > 0 {
		return providerLine(h, time.Now())
	}
	line := fmt.Sprintf("%d/%s", h.Done(), relay.Counted(h.Rows, "row"))
	if h.ETA > 0 { // before the counts: the end of the line may be cut
		line += "  ETA " + h.ETA.Round(time.Second).String()
	}
	if h.HeldBy != "" {
		line += "  held: " + h.HeldBy
		if left := time.Until(h.HeldUntil); left > 0 {
			line += " (" + relay.Seconds(left) + ")"
		}
	}
	line += fmt.Sprintf("  %d ok  %d failed", h.OK, h.Failed)
	line += ifAny(h.Incomplete, "incomplete") + ifAny(h.Skipped, "skipped")
	line += fmt.Sprintf("  %d in flight", h.InFlight)
	line += ifAny(h.Writing, "writing") + ifAny(h.Retrying, "waiting to retry") + ifAny(h.Held, "held back")
	if h.Rate > 0 {
		line += fmt.Sprintf("  %.1f/s", h.Rate)
	}
	if h.PacedBy != "" {
		line += "  paced by " + h.PacedBy
	}
	return line
}

// ifAny is a count of rows behind those before it; "" for none.
func ifAny(n int, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("  %d %s", n, what)
}

// printRun prints the result of a run for a person. again are the flags that its resume needs.
func printRun(out *output, h *job.Header, again string) {
	add := func(format string, args ...any) { out.sentence("  ", fmt.Sprintf(format, args...)) }
	rows := relay.Counted(h.Rows, "row")
	if h.More {
		rows = "at least " + rows
	}
	counts := []string{fmt.Sprintf("run %s: %s,", h.ID, rows), fmt.Sprintf("%d ok,", h.OK),
		fmt.Sprintf("%d failed,", h.Failed), fmt.Sprintf("%d incomplete,", h.Incomplete),
		fmt.Sprintf("%d skipped,", h.Skipped), fmt.Sprintf("%d not run", h.Rows-h.Done())}
	out.facts("", " ", counts)
	for _, class := range relay.Classes() {
		if n := h.ByClass[class]; n > 0 {
			add("%s %d", label(string(class), classWidth), n)
		}
	}
	for _, note := range notes(h) {
		out.sentence("  ", note)
	}
	o := batchOf(h)
	cost := "unknown"
	switch {
	case h.OK+h.Incomplete == 0 && h.Unknown == 0 && h.Cost == 0:
		cost = "nothing: no row was answered"
	case o.Cost.USD != nil && o.Cost.Source != relay.SourceUnknown:
		cost = h.Cost.Dollars() + " " + string(o.Cost.Source)
	}
	if h.Unknown > 0 && o.Cost.USD != nil {
		cost += ", and " + relay.Counted(h.Unknown, "row") + " of unknown cost"
	}
	switch {
	case !h.SavedKnown || h.Saved == 0:
	case h.Saved < 0:
		cost += ", " + (-h.Saved).Dollars() + " more than the list price"
	default:
		cost += ", " + h.Saved.Dollars() + " saved against the list price"
	}
	if h.Budget > 0 {
		cost += "; the budget is " + h.Budget.Dollars()
	}
	out.facts("  ", out.separator(), []string{"time " + shortDuration(h.Elapsed),
		fmt.Sprintf("tokens in %d out %d", h.Usage.Input, h.Usage.Output), "cost " + cost})
	if h.NoStream {
		add("no time to first token: the answers were not streamed (--no-stream)")
	}
	switch {
	case h.More:
		out.facts("  ", " ", []string{h.Out, "(partial: the input was not read to its end)"})
	case h.Partial:
		out.facts("  ", " ", []string{h.Out, "(partial: the rows that are not run are in it as pending)"})
	default:
		out.line("  " + h.Out)
	}
	if h.ErrorsOut {
		out.line("  " + h.Errors)
	}
	if resumable(h) {
		add("%s", resumeHint(h, again))
	}
}

// resumable is false for the run of another process, and for one that was stopped while its input was read.
func resumable(h *job.Header) bool {
	if h.ReadOnly || h.State == job.Finished || h.State == job.Damaged {
		return false
	}
	return h.State != job.Broken || h.Stopped != job.StopUser
}

// resumeHint is the command that goes on with a run. again are the global flags that it needs.
func resumeHint(h *job.Header, again string) string {
	hint := "resume it with: relaytop batch --resume " + h.ID + again
	if h.More && h.Path == "-" {
		hint = "resume it with the same input: ... | relaytop batch - --resume " + h.ID + again
	}
	switch {
	case h.Rows > 0 && h.Rows == h.Done() && h.Retryable(): // else a resume has nothing to send
		hint += " --retry-failed"
	case h.Stopped != job.StopBudget || h.Budget == 0:
	case h.NextBudget > 0:
		hint += " --budget USD, with at least $" + h.NextBudget.String()
	default:
		hint += " --budget USD, with more than $" + max(h.Budget, h.Cost).String()
	}
	return hint
}

// found are the sentences about what a resume found, before anything is sent.
func found(h *job.Header) (lines []string) {
	if note := h.DamageNote(); note != "" {
		lines = append(lines, note)
	}
	if h.Changed == nil {
		return lines
	}
	return append(lines, changedInput(h.Changed)+"; "+relay.Counted(h.Rows-h.Done(), "row")+" to be sent")
}

// changedInput says how an input differs from the last time. Rows that were not sent can't be compared.
func changedInput(c *job.Change) string {
	line := "the input has changed since this run last read it: "
	if c.None() {
		return line + "as many rows as before, and every row that was sent is as it was"
	}
	var parts []string
	for _, p := range [...]struct {
		n    int
		what string
	}{{c.Came, "added"}, {c.Went, "removed"}, {c.Changed, "changed"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", relay.Counted(p.n, "row"), p.what))
		}
	}
	return line + strings.Join(parts, ", ") + " (of rows that were not sent, only the number is compared)"
}

// notes are the sentences beside the figures of a run: why it stopped, what may be paid twice, or that nothing was
// left to do.
func notes(h *job.Header) []string {
	var out []string
	if !h.Shard.Whole() {
		out = append(out, fmt.Sprintf("this is shard %s; %s to others", h.Shard, belong(h.Elsewhere)))
	}
	if h.Reason != "" {
		out = append(out, h.Reason)
	}
	if note := h.DamageNote(); note != "" {
		out = append(out, note)
	}
	if n := h.Removed - h.Replaced; n > 0 {
		out = append(out, "no longer in the input, and answered before: "+relay.Counted(n, "row"))
	}
	if n := h.Replaced; n > 0 {
		out = append(out, "changed in the input after they were answered, and counted twice: "+relay.Counted(n, "row"))
	}
	switch n := h.PaidTwice; {
	case n == 0:
	case h.State == job.Finished:
		out = append(out, relay.Counted(n, "row")+" may have been paid twice: stopped after being sent, and sent again")
	default:
		out = append(out, relay.Counted(n, "row")+" may be paid twice: stopped after being sent, and sent again by a resume")
	}
	if h.Lost > 0 {
		out = append(out, fmt.Sprintf("that is an upper bound: records of up to %s are lost, by a power cut or damage",
			relay.Counted(h.Lost, "row")))
	}
	if h.NothingLeft {
		out = append(out, "nothing was left to send: every row has its line in the output")
		if h.Retryable() {
			out = append(out, "--retry-failed sends the rows that failed again")
		}
	}
	return out
}

// belong says how many rows belong.
func belong(n int) string {
	if n == 1 {
		return "1 row belongs"
	}
	return fmt.Sprintf("%d rows belong", n)
}
