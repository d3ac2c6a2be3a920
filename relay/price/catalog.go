package price

import (
	"strconv"
	"strings"

	"charm.land/catwalk/pkg/catwalk"
	"charm.land/catwalk/pkg/embedded"
)

// snapshotDate is when the catwalk release in go.mod was made; it changes with it.
const (
	snapshotDate    = "2026-08-19"
	snapshotVersion = "v0.52.1"
)

// vendors are the providers in the snapshot that make the models they sell, and what their own models' ids begin
// with ("" is any). Everybody else resells, or counts a subscription as zero.
var vendors = []struct {
	id  catwalk.InferenceProvider
	own string
}{
	{catwalk.InferenceProviderOpenAI, ""},
	{catwalk.InferenceProviderAnthropic, ""},
	{catwalk.InferenceProviderGemini, ""},
	{catwalk.InferenceProviderDeepSeek, ""},
	{catwalk.InferenceProviderXAI, ""},
	{catwalk.InferenceProviderZAI, ""},
	{catwalk.InferenceProviderMoonshot, ""},
	{catwalk.InferenceProviderMiniMax, ""},
	{catwalk.InferenceProviderAlibabaSingapore, "qwen"},
}

type listed struct {
	rates  Rates
	priced bool
	window int64
}

// catalog is the vendors' list prices by normalised model id.
type catalog struct{ models map[string]listed }

func newCatalog() *catalog {
	c := &catalog{models: map[string]listed{}}
	providers := map[catwalk.InferenceProvider]catwalk.Provider{}
	for _, p := range embedded.GetAll() {
		providers[p.ID] = p
	}
	for _, v := range vendors {
		for _, m := range providers[v.id].Models {
			if strings.HasPrefix(m.ID, v.own) {
				c.add(m)
			}
		}
	}
	return c
}

func (c *catalog) add(m catwalk.Model) {
	l := listed{window: m.ContextWindow}
	in, errIn := snapshotRate(m.CostPer1MIn)
	out, errOut := snapshotRate(m.CostPer1MOut)
	if errIn == nil && errOut == nil && in > 0 && out > 0 {
		l.priced = true
		l.rates = Rates{Input: in, Output: out}
		// The snapshot holds reads and writes of the cache in either of two fields, depending on the vendor: a read is
		// cheaper than the input, a write up to twice as dear.
		for _, f := range []float64{m.CostPer1MInCached, m.CostPer1MOutCached} {
			r, err := snapshotRate(f)
			switch {
			case err != nil || r == 0:
			case r < in && (l.rates.Cached == nil || r < *l.rates.Cached):
				l.rates.Cached = &r
			case r > in && r <= 2*in:
				l.rates.Write = &r
			}
		}
	}
	id := normal(m.ID)
	for _, key := range []string{id, undated(id)} {
		if _, ok := c.models[key]; !ok {
			c.models[key] = l
		}
	}
}

// snapshotRate undoes what the snapshot's floats did to decimals: 0.39999999999999997 is 0.4.
func snapshotRate(perMillion float64) (Rate, error) {
	return ParseRate(strconv.FormatFloat(perMillion, 'f', 9, 64))
}

// find looks a model up under the names that relays give it: with the vendor in front, with dots for dashes, with a
// date.
func (c *catalog) find(model string) (listed, bool) {
	id := normal(model)
	if l, ok := c.models[id]; ok {
		return l, true
	}
	l, ok := c.models[undated(id)]
	return l, ok
}

func normal(model string) string {
	if i := strings.LastIndexByte(model, '/'); i >= 0 {
		model = model[i+1:]
	}
	return strings.ReplaceAll(strings.ToLower(model), ".", "-")
}

// undated takes "-20250929" or "-2025-09-29" off the end.
func undated(id string) string {
	for _, form := range []string{"-00000000", "-0000-00-00"} {
		n := len(id) - len(form)
		if n > 0 && shape(id[n:]) == form {
			return id[:n]
		}
	}
	return id
}

func shape(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
}
