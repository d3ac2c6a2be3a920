package cli

import (
	"context"
	"encoding/json"
	"fmt"

	"relaytop/relay"
	"relaytop/state/job"
	"relaytop/ui/text"
)

// dryRun looks at the file and says what a run would be, before a cent is spent.
func (c *command) dryRun(ctx context.Context, app *App, f *batchFlags) error {
	p, err := app.Runs.Preflight(ctx, f.opts)
	if err != nil {
		return fail(exitUsage, err)
	}
	if f.asJSON {
		return fail(exitFailed, json.NewEncoder(c.Stdout).Encode(planOf(&p)))
	}
	out := text.NewPlain(c.Stdout, isTerminal(c.Stdout))
	fmt.Fprintf(out, "%d rows, %d bad, %d ids more than once; nothing was sent\n", p.Rows, len(p.Bad), len(p.Duplicates))
	for i, b := range p.Bad {
		if i == 10 {
			fmt.Fprintf(out, "  ... and %d more\n", len(p.Bad)-i)
			break
		}
		fmt.Fprintf(out, "  line %d: %s\n", b.Line, b.Reason)
	}
	return fail(exitFailed, out.Flush())
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
	Available *bool  `json:"available"`
	Reason    string `json:"reason"`
}

type planObject struct {
	Rows       int            `json:"rows"`
	Bad        []planBad      `json:"bad"`
	Duplicates []string       `json:"duplicates"`
	Models     map[string]int `json:"models"`
	Tokens     planTokens     `json:"tokens"`
	Cost       planCost       `json:"cost"`
	Seconds    *float64       `json:"seconds_likely"`
	BatchAPI   planAPI        `json:"batch_api"`
}

// planOf is the object of --dry-run. How long a run takes is not known before its model has answered once: null.
func planOf(p *job.Plan) planObject {
	o := planObject{Rows: p.Rows, Bad: []planBad{}, Duplicates: append([]string{}, p.Duplicates...), Models: p.Models,
		Tokens:   planTokens{Input: p.InputTokens, OutputLikely: p.OutputLikely, OutputMax: p.OutputMax},
		Cost:     planCost{Source: relay.SourceUnknown},
		BatchAPI: planAPI{Reason: "not asked"}}
	for _, b := range p.Bad {
		o.Bad = append(o.Bad, planBad{Line: b.Line, Reason: b.Reason})
	}
	if p.Priced {
		o.Cost = planCost{Min: amount(&p.Min), Likely: amount(&p.Likely), Max: amount(&p.Max), Source: sourceOr(p.Source)}
	}
	return o
}
