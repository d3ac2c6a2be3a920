package cli

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"relaytop/state/job"
)

// destination is a relay that rows may go to.
type destination struct {
	Name string `json:"name"`
	Host string `json:"host"`
}

// mayAnswer are the models that may answer the rows of a plan.
func mayAnswer(p *job.Plan, o *job.Options) []string {
	return slices.AppendSeq(slices.Clone(o.Fallback), maps.Keys(p.Models))
}

// destinations are the relays that serve one of the models, or all of them if no model is named.
func destinations(app *App, models []string) []destination {
	list := []destination{}
	for _, e := range app.Config.Relay.Endpoints {
		served := func(model string) bool { return slices.Contains(e.Models, model) }
		if len(models) > 0 && len(e.Models) > 0 && !slices.ContainsFunc(models, served) {
			continue
		}
		d := destination{Name: e.Name}
		if u, err := url.Parse(e.BaseURL); err == nil {
			d.Host = u.Host
		}
		list = append(list, d)
	}
	return list
}

// relaysLine says which relays the rows go to, and at which hosts.
func relaysLine(app *App, models []string) string {
	if app.demo() {
		return "rows go to the simulated relay"
	}
	list := destinations(app, models)
	if len(list) == 0 {
		return "no relay serves these models"
	}
	names := make([]string, len(list))
	for i, d := range list {
		names[i] = d.Name + " at " + d.Host
	}
	return "rows go to " + strings.Join(names, ", ")
}
