package price

import (
	"strconv"
	"strings"

	"charm.land/catwalk/pkg/catwalk"
	"charm.land/catwalk/pkg/embedded"
)

// snapshotDate is the date of the catwalk release in go.mod. Change both together.
const (
	snapshotDate    = "2026-08-19"
	snapshotVersion = "v0.52.1"
)

// vendors are the providers in the snapshot that make the models they sell, and the prefix of their own models' ids
// ("": any). All others resell, or list a subscription as zero.
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

// listedModel is a model in the snapshot.
type listedModel struct {
	rates  Rates
	priced bool
	window int64
}

// snapshot holds the list prices of the vendors by normalised model id.
type snapshot struct{ models map[string]listedModel }

func newSnapshot() *snapshot {
	c := &snapshot{models: map[string]listedModel{}}
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

func (c *snapshot) add(m catwalk.Model) {
	l := listedModel{window: m.ContextWindow}
	in, errIn := snapshotRate(m.CostPer1MIn)
	out, errOut := snapshotRate(m.CostPer1MOut)
	if errIn == nil && errOut == nil && in > 0 && out > 0 {
		l.priced = true
		l.rates = Rates{Input: in, Output: out}
		// The rates of the cache are in either of two fields, depending on the vendor: a read is cheaper than input, a
		// write costs up to twice as much.
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

// snapshotRate restores the decimals that the snapshot has as floats: 0.39999999999999997 is 0.4.
func snapshotRate(perMillion float64) (Rate, error) {
	return ParseRate(strconv.FormatFloat(perMillion, 'f', 9, 64))
}

// find looks up a model under the names that relays use: with the vendor in front, dots for dashes, or a date.
func (c *snapshot) find(model string) (listedModel, bool) {
	id := normal(model)
	if l, ok := c.models[id]; ok {
		return l, true
	}
	l, ok := c.models[undated(id)]
	return l, ok
}

// normal returns a model id in lower case, without the vendor and with dashes for dots.
func normal(model string) string {
	if i := strings.LastIndexByte(model, '/'); i >= 0 {
		model = model[i+1:]
	}
	return strings.ReplaceAll(strings.ToLower(model), ".", "-")
}

// undated removes "-20250929" or "-2025-09-29" from the end.
func undated(id string) string {
	for _, form := range []string{"-00000000", "-0000-00-00"} {
		n := len(id) - len(form)
		if n > 0 && shape(id[n:]) == form {
			return id[:n]
		}
	}
	return id
}

// shape returns s with 0 for each digit.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '0'
		}
		return r
	}, s)
}
