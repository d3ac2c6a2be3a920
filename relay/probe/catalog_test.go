package probe

import (
	"context"
	"errors"
	"testing"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

type list struct {
	models []openai.Model
	err    error
}

func (l list) Models(context.Context) ([]openai.Model, error) { return l.models, l.err }

func TestCatalog(t *testing.T) {
	endpoints := []relay.Endpoint{{Name: "holy", Kind: "holysheep"}, {Name: "mute", Models: []string{"named"}}}
	listers := map[string]Lister{
		"holy": list{models: []openai.Model{{ID: "gpt-4.1"}, {ID: "gpt-4.1"}, {ID: "nobody-knows", Context: 9}}},
		"mute": list{err: errors.New("404")},
	}
	got, err := Catalog(t.Context(), endpoints, listers, price.New())
	if err != nil || len(got) != 3 {
		t.Fatalf("%v %+v", err, got)
	}
	if g := got[0]; g.ID != "gpt-4.1" || g.Input == nil || *g.Input != 8*relay.USD || g.Source != relay.SourceRelay || g.Context < 1_000_000 {
		t.Errorf("the built-in price is not found: %+v", g)
	}
	if g := got[1]; g.Input != nil || g.Source != relay.SourceUnknown || g.Context != 9 {
		t.Errorf("an unknown price is not unknown: %+v", g)
	}
	if g := got[2]; g.ID != "named" || g.Endpoint != "mute" {
		t.Errorf("a model that the configuration names is missing: %+v", g)
	}
	if _, err := Catalog(t.Context(), endpoints[1:], map[string]Lister{"mute": list{err: errors.New("404")}}, price.New()); err != nil {
		t.Errorf("an endpoint with named models is no failure: %v", err)
	}
	if _, err := Catalog(t.Context(), []relay.Endpoint{{Name: "mute"}}, listers, price.New()); err == nil {
		t.Error("nothing to show, and no error")
	}
}

func TestOfferByTheCall(t *testing.T) {
	book, m := price.New(), openai.Model{ID: "m"}
	one := price.Rate(1_000_000)
	for name, c := range map[string]struct {
		rates        price.Rates
		tokens, call bool
		source       relay.Source
	}{
		"tokens":    {price.Rates{Input: one, Output: one}, true, false, relay.SourceRelay},
		"free":      {price.Rates{}, true, false, relay.SourceRelay},
		"a call":    {price.Rates{Call: 5, Cached: &one}, false, true, relay.SourceRelay},
		"both":      {price.Rates{Input: one, Call: 5}, true, true, relay.SourceRelay},
		"estimated": {price.Rates{Input: one, Output: one, Estimated: true}, true, false, relay.SourceEstimated},
	} {
		book.SetRelay("e", price.Table{Models: map[string]price.Rates{"m": c.rates}})
		o := offer(relay.Endpoint{Name: "e"}, m, book)
		if o.Input != nil != c.tokens || o.Output != nil != c.tokens || o.Call != nil != c.call || o.Source != c.source || !c.tokens && o.Cached != nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
