package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/widget"
)

// dryRun checks the file and prints what a run would send and cost. Nothing is sent.
func (c *batchCommand) dryRun(ctx context.Context, app *App, f *batchFlags) error {
	p, err := app.Runs.Preflight(ctx, f.opts)
	if err != nil {
		return fail(exitUsage, err)
	}
	look, api := outlookOf(app, &p), app.Runs.BatchAPI(ctx, f.opts.Model)
	if f.asJSON {
		o := planOf(&p, &look, api)
		o.Relays, o.Budget = destinations(app, mayAnswer(&p, &f.opts)), budgetOf(&p, &f.opts)
		return fail(exitFailed, c.console.writeJSON(o))
	}
	out := c.console.stdout()
	printPlan(out, app, &p, &look, &f.opts)
	switch {
	case p.OutExists && f.opts.Force:
		out.sentence("  ", "the output is there already: it is overwritten (--force)")
	case p.OutExists:
		out.sentence("  ", "the output is there already, so the run is refused: --resume last goes on with its run, "+
			"--force overwrites it, -o names another")
	}
	out.sentence("  ", batchAPILine(&p, api))
	out.sentence("", "nothing was sent")
	return fail(exitFailed, out.err)
}

// outlookOf is how long a plan takes under the limits of the relays.
func outlookOf(app *App, p *job.Plan) job.Outlook {
	return p.Outlook(p.Concurrency, p.Latency(), app.Workers.Allowances())
}

// badShown is how many bad rows are listed.
const badShown = 10

// printPlan says what a run would send and cost.
func printPlan(out *output, app *App, p *job.Plan, look *job.Outlook, o *job.Options) {
	out.sentence("", fmt.Sprintf("%s: %s, %d can be sent, %d bad, %s",
		p.Input, relay.Counted(p.Rows, "row"), p.Good, p.BadRows, relay.Counted(len(p.Duplicates), "duplicate id")))
	if p.Elsewhere > 0 {
		out.sentence("  ", belong(p.Elsewhere)+" to other shards")
	}
	add := func(format string, args ...any) { out.sentence("  ", fmt.Sprintf(format, args...)) }
	for i, b := range p.Bad {
		if i == badShown {
			add("... and %d more", p.BadRows-i)
			break
		}
		add("line %d: %s", b.Line, b.Reason)
	}
	if n := len(p.Duplicates); n > 0 && !o.AllowDuplicate {
		add("refused when it starts: %q is there twice%s; --allow-duplicates accepts it", p.Duplicates[0], others(n-1))
	}
	add("%s", relaysLine(app, mayAnswer(p, o)))
	for i := range p.ByModel {
		add("%s", modelLine(&p.ByModel[i]))
	}
	for _, line := range unusedKeys(p.Unused) {
		add("%s", line)
	}
	add("tokens in ~%d, out ~%d, at most %d", p.InputTokens, p.OutputLikely, p.OutputMax)
	switch {
	case p.Good == 0:
		add("cost nothing: no row can be sent")
	case p.Priced:
		add("cost about $%s (%s): $%s if nothing is answered, $%s at most", p.Likely, sourceOr(p.Source), p.Min, p.Max)
	default:
		add("cost unknown: no price is known for %s", strings.Join(p.Unpriced, ", "))
	}
	for _, line := range budgetLines(p, o) {
		add("%s", line)
	}
	add("%s", timeLine(look, p.Concurrency))
	add("output goes to %s", p.Out)
	add("%s", spaceLine(&p.Space))
}

// spaceLine says how much of the disk a run takes.
func spaceLine(s *job.Space) string {
	need := "disk about " + widget.Bytes(s.Need).String()
	switch {
	case !s.FreeKnown:
		return need + "; how much is free is not known"
	case s.Short():
		return need + ", and only " + widget.Bytes(s.Free).String() + " free: the run would pause when the disk is full"
	}
	return need + ", " + widget.Bytes(s.Free).String() + " free"
}

// modelLine says how many rows a model gets, and what their answers will likely be.
func modelLine(m *job.ModelPlan) string {
	line := fmt.Sprintf("%s for %s", relay.Counted(m.Rows, "row"), m.Model)
	switch n := m.Measured.Answers; {
	case m.Silent == m.Rows:
		return line + ": their answers have no tokens"
	case n == 0:
		return line + fmt.Sprintf(": ~%d tokens of output each, assumed (none of its answers was measured)", m.Output)
	case m.Measured.Rows:
		return line + fmt.Sprintf(": ~%d tokens of output each, the mean of %d batch rows", m.Output, n)
	default:
		return line + fmt.Sprintf(": ~%d tokens of output each, the mean of %d answers", m.Output, n)
	}
}

// timeLine says how long a run takes, and what sets its pace.
func timeLine(o *job.Outlook, concurrency int) string {
	at := fmt.Sprintf("%d at the same time", concurrency)
	if o.Took == 0 {
		return "time unknown: no answer was measured, and no limit is met; " + at
	}
	word := "about "
	if o.AtOnce == 0 { // only a limit is known
		word = "at least "
	}
	line := "time " + word + relay.Seconds(max(o.Took, time.Millisecond)) + ", " + at
	switch o.By {
	case job.PaceRequests:
		line += fmt.Sprintf("; the limit of %.0f requests a minute sets the pace", o.RequestsMax)
	case job.PaceTokens:
		line += fmt.Sprintf("; the limit of %.0f tokens a minute sets the pace", o.TokensMax)
	case job.PaceConcurrency, job.PaceUnknown:
	}
	return line
}

// unusedKeys are the lines about what rows hold and do not send.
func unusedKeys(rows map[string]int) (lines []string) {
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		lines = append(lines, unusedKey(key, rows[key]))
	}
	return lines
}

// unusedKey says that a key or a column is not read, and what to do instead.
func unusedKey(key string, n int) string {
	aim := "to set it per row write an OpenAI batch line with a body"
	switch name := strings.ToLower(key); name {
	case "model":
		aim = "to ask another model per row write an OpenAI batch line with a body"
	case "prompt", "messages", "body", "id", "custom_id":
		aim = "the row has a prompt or messages beside it; a template (--template) can read it"
		if key != name {
			aim = "write " + name + ", in lower case"
		}
	}
	return fmt.Sprintf("key %q in %s is not used: %s", key, relay.Counted(n, "row"), aim)
}

// others names how many more there are.
func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", n)
}
