package cli

import (
	"relaytop/relay"
	"relaytop/state/job"
)

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
	Outputs    []planOutput   `json:"outputs"`
	Relays     []destination  `json:"relays"`
	Budget     *planBudget    `json:"budget"`

	Seconds     *float64   `json:"seconds_likely"`
	Concurrency int        `json:"concurrency"`
	PacedBy     *string    `json:"paced_by"`
	Limits      planLimits `json:"limits"`
	Out         string     `json:"out"`
	OutExists   bool       `json:"out_exists"`
	Disk        planDisk   `json:"disk"`
	BatchAPI    planAPI    `json:"batch_api"`
}

// planOutput says how many tokens the answers of a model likely have, and how that is known.
type planOutput struct {
	Model  string `json:"model"`
	Rows   int    `json:"rows"`
	PerRow int64  `json:"tokens_per_row"`
	// Source is batches, requests, assumed, or none for answers without tokens.
	Source  string `json:"source"`
	Answers int64  `json:"answers"`
}

type planLimits struct {
	Requests planLimit `json:"requests_per_minute"`
	Tokens   planLimit `json:"tokens_per_minute"`
}

// planLimit is null in both for no limit and an unknown pace.
type planLimit struct {
	Likely *float64 `json:"likely"`
	Max    *float64 `json:"max"`
}

type planDisk struct {
	Needed int64  `json:"needed_bytes"`
	Free   *int64 `json:"free_bytes"`
	Enough *bool  `json:"enough"`
}

// planOf is the object of --dry-run. How long a run takes is unknown until its model has answered once: null.
func planOf(p *job.Plan, look *job.Outlook, api job.BatchAPI) planObject {
	o := planObject{
		Rows:       p.Rows,
		Elsewhere:  p.Elsewhere,
		Bad:        []planBad{},
		Outputs:    []planOutput{},
		Duplicates: append([]string{}, p.Duplicates...),
		Models:     p.Models,
		Unused:     p.Unused,
		Tokens:     planTokens{Input: p.InputTokens, OutputLikely: p.OutputLikely, OutputMax: p.OutputMax},
		Cost:       planCost{Source: relay.SourceUnknown},
		Unpriced:   append([]string{}, p.Unpriced...),
		BatchAPI:   apiOf(p, api),

		Concurrency: p.Concurrency,
		PacedBy:     orNull(pacerName(look.By)),
		Limits: planLimits{Requests: planLimit{orNull(look.Requests), orNull(look.RequestsMax)},
			Tokens: planLimit{orNull(look.Tokens), orNull(look.TokensMax)}},
		Out:       p.Out,
		OutExists: p.OutExists,
		Disk:      planDisk{Needed: p.Space.Need},
	}
	if look.AtOnce > 0 { // else only a limit is known: the run takes at least that long
		o.Seconds = orNull(look.Took.Seconds())
	}
	if s := &p.Space; s.FreeKnown {
		enough := !s.Short()
		o.Disk.Free, o.Disk.Enough = &s.Free, &enough
	}
	for i := range p.ByModel {
		o.Outputs = append(o.Outputs, outputOf(&p.ByModel[i]))
	}
	for _, b := range p.Bad {
		o.Bad = append(o.Bad, planBad{Line: b.Line, Reason: b.Reason})
	}
	if p.Priced {
		o.Cost = planCost{Min: amount(&p.Min), Likely: amount(&p.Likely), Max: amount(&p.Max), Source: sourceOr(p.Source)}
	}
	return o
}

func outputOf(m *job.ModelPlan) planOutput {
	o := planOutput{Model: m.Model, Rows: m.Rows, PerRow: m.Output, Source: "assumed", Answers: m.Measured.Answers}
	switch {
	case m.Silent == m.Rows:
		o.Source, o.PerRow = "none", 0
	case m.Measured.Rows:
		o.Source = "batches"
	case m.Measured.Answers > 0:
		o.Source = "requests"
	}
	return o
}

// pacerName is what sets the pace of a run; "" if that is not known.
func pacerName(by job.Pacer) string {
	switch by {
	case job.PaceConcurrency:
		return "concurrency"
	case job.PaceRequests:
		return "requests"
	case job.PaceTokens:
		return "tokens"
	case job.PaceUnknown:
	}
	return ""
}
