package price

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"relaytop/relay"
)

// Table is a price list: rates by model id, and the date that it states.
type Table struct {
	AsOf    string
	Unit    string `json:",omitempty"` // how the unit of the prices is known, if not by the format alone
	Models  map[string]Rates
	Unknown map[string]string `json:",omitempty"` // models whose price can't be right, and why
}

// copy returns a table that does not change with t.
func (t *Table) copy() Table {
	c := *t
	c.Models, c.Unknown = maps.Clone(t.Models), maps.Clone(t.Unknown)
	return c
}

// Book holds all price lists. It may be used from any goroutine.
type Book struct {
	mu       sync.RWMutex
	user     Table
	relay    map[string]Table // live, by endpoint
	lists    []*live
	list     func() *snapshot // of the vendors; read at its first use: 10 ms and 1 MB
	builtIn  Table            // built in, for HolySheep
	onNote   func(note string)
	reported map[string]bool // notes that were reported
}

// New makes a book of the built-in price lists.
func New() *Book {
	return &Book{relay: map[string]Table{}, list: sync.OnceValue(newSnapshot), builtIn: holysheep(),
		reported: map[string]bool{}}
}

// SetUser replaces the user's own price list.
func (b *Book) SetUser(t Table) {
	b.mu.Lock()
	b.user = t.copy()
	b.mu.Unlock()
	b.reportNotes()
}

// SetRelay replaces the price list that an endpoint publishes.
func (b *Book) SetRelay(endpoint string, t Table) {
	b.mu.Lock()
	b.relay[endpoint] = t.copy()
	b.mu.Unlock()
	b.reportNotes()
}

// OnNote sets what is called with each note about how a list was read where that is not plain: at once with those that
// are known, and later with new ones. It is called once for each note.
func (b *Book) OnNote(report func(note string)) {
	b.mu.Lock()
	b.onNote = report
	b.mu.Unlock()
	b.reportNotes()
}

// reportNotes reports the notes that are new.
func (b *Book) reportNotes() {
	b.mu.Lock()
	report := b.onNote
	var notes []string
	if report != nil {
		notes = listNotes(fromUser, b.user)
		for _, name := range slices.Sorted(maps.Keys(b.relay)) {
			notes = append(notes, listNotes("the price list of "+name, b.relay[name])...)
		}
		notes = slices.DeleteFunc(notes, func(n string) bool { return b.reported[n] })
		for _, n := range notes {
			b.reported[n] = true
		}
	}
	b.mu.Unlock()
	for _, n := range notes {
		report(n)
	}
}

// listNotes are the notes of a list with its name.
func listNotes(name string, t Table) []string {
	notes := t.Notes()
	for i := range notes {
		notes[i] = name + ": " + notes[i]
	}
	return notes
}

// Rates returns the prices of a model at an endpoint, their source, and the date of the list. ok is false if they
// are unknown.
func (b *Book) Rates(e relay.Endpoint, model string) (r Rates, source relay.Source, asOf string, ok bool) {
	f := b.find(e, model)
	return f.rates, f.source, f.asOf, f.source != relay.SourceUnknown
}

// Doubt says why the price of a model at an endpoint counts as unknown although a list names it; "": none does.
func (b *Book) Doubt(e relay.Endpoint, model string) string { return b.find(e, model).wrong }

// Unit says how the unit of the price of a model at an endpoint is known; "": by the format of the list.
func (b *Book) Unit(e relay.Endpoint, model string) string { return b.find(e, model).unit }

// found is a price and where it was found.
type found struct {
	rates  Rates
	unit   string
	source relay.Source // unknown: there is none
	asOf   string
	wrong  string // the price that a list states can't be right
}

// lookup asks a table for a model under its names. done: the table names it.
func (t *Table) lookup(source relay.Source, names ...string) (f found, done bool) {
	for _, name := range names {
		if wrong, ok := t.Unknown[name]; ok {
			return found{source: relay.SourceUnknown, wrong: wrong}, true
		}
		if r, ok := t.Models[name]; ok {
			return found{rates: r, unit: t.Unit, source: source, asOf: t.AsOf}, true
		}
	}
	return found{source: relay.SourceUnknown}, false
}

// find asks the lists for a model, the most trusted first.
func (b *Book) find(e relay.Endpoint, model string) found {
	b.mu.RLock()
	user, live := b.user, b.relay[e.Name]
	b.mu.RUnlock()
	if e.Kind == relay.KindSim {
		f, done := live.lookup(relay.SourceSim, model)
		if !done {
			f, _ = b.builtIn.lookup(relay.SourceSim, model)
		}
		f.asOf = ""
		return f
	}
	if f, done := user.lookup(relay.SourceUser, e.Name+"/"+model, model); done {
		return f
	}
	if f, done := live.lookup(relay.SourceRelay, model); done {
		return f
	}
	if isHolySheep(e) {
		if f, done := b.builtIn.lookup(relay.SourceRelay, model); done {
			return f
		}
	}
	if r, asOf, ok := b.List(model); ok {
		return found{rates: r, source: relay.SourceList, asOf: asOf}
	}
	return found{source: relay.SourceUnknown}
}

// Priced returns the models that an endpoint's own price list names, sorted.
func (b *Book) Priced(e relay.Endpoint) []string {
	b.mu.RLock()
	list := b.relay[e.Name].Models
	b.mu.RUnlock()
	if len(list) == 0 && isHolySheep(e) {
		list = b.builtIn.Models
	}
	return slices.Sorted(maps.Keys(list))
}

// List returns the prices of the model's own vendor, and the date of the snapshot.
func (b *Book) List(model string) (r Rates, asOf string, ok bool) {
	m, ok := b.list().find(model)
	return m.rates, snapshotDate, ok && m.priced
}

// ContextWindow returns the context window of a model in tokens, where its vendor's list states one.
func (b *Book) ContextWindow(model string) (int64, bool) {
	m, ok := b.list().find(model)
	return m.window, ok && m.window > 0
}

// Typical returns the cost of a call with 1,000 tokens in and 500 out: the figure by which endpoints are compared.
// ok is false if it is unknown.
func (b *Book) Typical(e relay.Endpoint, model string) (price relay.Money, ok bool) {
	r, _, _, ok := b.Rates(e, model)
	if !ok {
		return 0, false
	}
	price, _, ok = r.Amount(relay.Usage{Input: 1000, Output: 500})
	return price, ok
}

// Cost returns the cost of a reply at an endpoint. model is the one that the attempt asked for, because relays bill
// that one; only if its price is unknown does the model in the answer count. If the cost depends on the relay's own
// list and that has to be fetched, as for the first request of a day, Cost waits for it for up to 2 s; it does not
// wait for a cancelled answer.
func (b *Book) Cost(e relay.Endpoint, model string, r *relay.Reply) relay.Cost {
	if r.Status != relay.StatusCancelled && r.Usage != nil && b.basisOf(e, model, r).amount == nil {
		b.Await(e, model)
	}
	c := b.cost(e, model, r)
	c.Bill = b.bill(e, model, r, &c)
	return c
}

// cost returns the cost by the prices known now, and the list price.
func (b *Book) cost(e relay.Endpoint, model string, r *relay.Reply) relay.Cost {
	c := b.paid(e, model, r)
	if e.Kind == relay.KindSim && c.Known() {
		c.Source = relay.SourceSim
	}
	if r.Usage == nil || e.Kind == relay.KindSim {
		return c
	}
	list, _, ok := b.List(model)
	if !ok {
		return c
	}
	amount, _, ok := list.Amount(*r.Usage)
	c.List, c.ListKnown = amount, ok
	return c
}

// Forecast returns a function that estimates the cost of a request at an endpoint by its numbers of tokens. It uses
// the prices known now and never waits.
func (b *Book) Forecast(e relay.Endpoint) relay.Forecast {
	return func(model string, input, output int64) (relay.Cost, bool) {
		c := b.cost(e, model, &relay.Reply{Usage: &relay.Usage{Input: input, Output: output, Total: input + output}})
		return c, c.Known()
	}
}

// basis is what the cost of a reply is computed from, by the order of trust. It is the only place that has that order
// for a reply; find has it for the lists.
type basis struct {
	found
	amount *relay.Money // as the relay states it for this reply; nil: by the rates
	rough  bool         // amount is an estimate
	model  string       // whose rates they are
}

// basisOf returns what the cost of a reply is computed from.
func (b *Book) basisOf(e relay.Endpoint, model string, r *relay.Reply) basis {
	switch {
	case r.Reported != nil && *r.Reported >= 0:
		return basis{found: found{source: relay.SourceReported}, amount: r.Reported, rough: r.ReportedRough}
	case r.Header != nil && *r.Header >= 0:
		return basis{found: found{source: relay.SourceHeader}, amount: r.Header}
	}
	at := basis{found: b.find(e, model), model: model}
	if at.source == relay.SourceUnknown && at.wrong == "" && r.Model != "" && r.Model != model {
		if f := b.find(e, r.Model); f.source != relay.SourceUnknown {
			at.found, at.model = f, r.Model
		}
	}
	return at
}

// paid returns the amount by the most trusted source that has one.
func (b *Book) paid(e relay.Endpoint, model string, r *relay.Reply) relay.Cost {
	at := b.basisOf(e, model, r)
	unknown := relay.Cost{Source: relay.SourceUnknown}
	switch {
	case at.amount != nil:
		return relay.Cost{Amount: *at.amount, Source: at.source, Estimated: at.rough}
	case r.Usage == nil || at.source == relay.SourceUnknown:
		return unknown
	}
	amount, estimated, ok := at.rates.Amount(*r.Usage)
	if !ok {
		return unknown
	}
	c := relay.Cost{Amount: amount, Source: at.source, Estimated: estimated, AsOf: at.asOf}
	if r.Usage.Estimated {
		c.Source, c.Estimated = relay.SourceEstimated, true
	}
	return c
}

// isHolySheep recognises the relay with built-in prices, by its kind or its host.
func isHolySheep(e relay.Endpoint) bool {
	if e.Kind == relay.KindHolySheep {
		return true
	}
	if e.Kind != "" || !strings.Contains(strings.ToLower(e.BaseURL), "holysheep.ai") { // parsing takes longer
		return false
	}
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "holysheep.ai" || strings.HasSuffix(host, ".holysheep.ai")
}

// holysheep returns the relay's list of 2026: one rate for input, output and cached input.
func holysheep() Table {
	t := Table{AsOf: "2026", Models: map[string]Rates{}}
	for model, cents := range map[string]int64{"gpt-4.1": 800, "gpt-4.1-mini": 200, "claude-sonnet-4.5": 1500,
		"gemini-2.5-flash": 250,
		"deepseek-v3.2":    42} {
		r := Rate(cents * (perDollar / 100 / million))
		t.Models[model] = Rates{Input: r, Output: r, Cached: &r, Write: &r}
	}
	return t
}
