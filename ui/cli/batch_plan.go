package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/state/job"
)

// dryRun checks the file and prints what a run would send and cost. Nothing is sent.
func (c *batchCommand) dryRun(ctx context.Context, app *App, f *batchFlags) error {
	p, err := app.Runs.Preflight(ctx, f.opts)
	if err != nil {
		return fail(exitUsage, err)
	}
	if f.asJSON {
		return fail(exitFailed, c.console.writeJSON(planOf(&p, app.Runs.BatchAPI(ctx, f.opts.Model))))
	}
	out := c.console.stdout()
	printPlan(out, &p)
	out.sentence("  ", batchAPILine(&p, app.Runs.BatchAPI(ctx, f.opts.Model)))
	out.sentence("", "nothing was sent")
	return fail(exitFailed, out.err)
}

// badShown is how many bad rows are listed.
const badShown = 10

// printPlan says what a run would send and cost.
func printPlan(out *output, p *job.Plan) {
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
	for _, model := range slices.Sorted(maps.Keys(p.Models)) {
		add("%d for %s", p.Models[model], model)
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
	add("%d at the same time; output goes to %s", p.Concurrency, p.Out)
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

type planBad struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

type planTokens struct {
	Input        int64 `json:"input"`
	OutputLikely int64 `json:"output_likely"`
	OutputMax    int64 `json:"output_max"`
}

type planCost struct {
	Min    *string      `json:"min_usd"`
	Likely *string      `json:"likely_usd"`
	Max    *string      `json:"max_usd"`
	Source relay.Source `json:"source"`
}

type planAPI struct {
	Available *bool    `json:"available"`
	Reason    string   `json:"reason"`
	Provider  *string  `json:"provider"`
	Cost      planCost `json:"cost"`
}

type planObject struct {
	Rows       int            `json:"rows"`
	Elsewhere  int            `json:"other_shards"`
	Bad        []planBad      `json:"bad"`
	Duplicates []string       `json:"duplicates"`
	Models     map[string]int `json:"models"`
	Unused     map[string]int `json:"unused_keys"`
	Tokens     planTokens     `json:"tokens"`
	Cost       planCost       `json:"cost"`
	Unpriced   []string       `json:"unpriced_models"`
	Seconds    *float64       `json:"seconds_likely"`
	BatchAPI   planAPI        `json:"batch_api"`
}

// planOf is the object of --dry-run. How long a run takes is unknown until its model has answered once: null.
func planOf(p *job.Plan, api job.BatchAPI) planObject {
	o := planObject{
		Rows:       p.Rows,
		Elsewhere:  p.Elsewhere,
		Bad:        []planBad{},
		Duplicates: append([]string{}, p.Duplicates...),
		Models:     p.Models,
		Unused:     p.Unused,
		Tokens:     planTokens{Input: p.InputTokens, OutputLikely: p.OutputLikely, OutputMax: p.OutputMax},
		Cost:       planCost{Source: relay.SourceUnknown},
		Unpriced:   append([]string{}, p.Unpriced...),
		BatchAPI:   apiOf(p, api),
	}
	for _, b := range p.Bad {
		o.Bad = append(o.Bad, planBad{Line: b.Line, Reason: b.Reason})
	}
	if p.Priced {
		o.Cost = planCost{Min: amount(&p.Min), Likely: amount(&p.Likely), Max: amount(&p.Max), Source: sourceOr(p.Source)}
	}
	return o
}
