package probe

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
	"relaytop/relay/price"
)

type list struct {
	models []openai.Model
	err    error
	window int64
	kept   []openai.Model
}

var yesterday = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func (l list) Kept() ([]openai.Model, time.Time) { return l.kept, yesterday }

func (l list) Models(context.Context) ([]openai.Model, error) { return l.models, l.err }
func (l list) ContextWindow(string) (int64, bool)             { return l.window, l.window > 0 }

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
	if g := got[0]; g.ID != "gpt-4.1" || g.Input == nil || *g.Input != 8*relay.USD || g.Source != relay.SourceRelay ||
		g.Context < 1_000_000 {
		t.Errorf("the built-in price is not found: %+v", g)
	}
	if g := got[1]; g.Input != nil || g.Source != relay.SourceUnknown || g.Context != 9 {
		t.Errorf("an unknown price is not unknown: %+v", g)
	}
	if g := got[2]; g.ID != "named" || g.Endpoint != "mute" {
		t.Errorf("a model that the configuration names is missing: %+v", g)
	}
	if _, err := Catalog(t.Context(), endpoints[1:], map[string]Lister{"mute": list{err: errors.New("404")}},
		price.New()); err != nil {
		t.Errorf("an endpoint with configured models is a failure: %v", err)
	}
	if _, err := Catalog(t.Context(), []relay.Endpoint{{Name: "mute"}}, listers, price.New()); err == nil {
		t.Error("nothing to show, and no error")
	}
}

// TestCatalogOfARelayThatDoesNotAnswer: its last list is used, with its age, and the error names it.
func TestCatalogOfARelayThatDoesNotAnswer(t *testing.T) {
	dead := list{err: &relay.Error{Class: relay.ClassNetwork, Message: "refused"}, kept: []openai.Model{{ID: "m"}}}
	got, err := Catalog(t.Context(), []relay.Endpoint{{Name: "up"}, {Name: "down"}},
		map[string]Lister{"up": list{models: []openai.Model{{ID: "n"}}}, "down": dead}, price.New())
	if err == nil || len(got) != 2 || !got[0].Listed.IsZero() || got[1].ID != "m" || got[1].Listed != yesterday {
		t.Errorf("%v %+v", err, got)
	}
}

// TestCatalogWithoutAList: a relay may have prices and no list of models.
func TestCatalogWithoutAList(t *testing.T) {
	for status, lists := range map[int]bool{404: true, 405: true, 501: true, 401: false, 0: false} {
		book, e := price.New(), relay.Endpoint{Name: "r"}
		listers := map[string]Lister{"r": list{err: &relay.Error{Class: relay.ClassInvalid, Status: status, Message: "no"}}}
		_, err := Catalog(t.Context(), []relay.Endpoint{e}, listers, book)
		if err == nil || strings.Contains(err.Error(), "r does not list its models") != lists ||
			strings.Contains(err.Error(), "-m") != lists {
			t.Errorf("%d, and nothing is known: %v", status, err)
		}
		book.SetRelay("r", price.Table{Models: map[string]price.Rates{"b": {Call: 5}, "a": {}}})
		got, err := Catalog(t.Context(), []relay.Endpoint{e}, listers, book)
		if !lists {
			if err == nil {
				t.Errorf("%d is a failure: %+v", status, got)
			}
			continue
		}
		if err != nil || len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" || got[1].Call == nil ||
			got[1].Endpoint != "r" {
			t.Errorf("%d: %+v %v", status, got, err)
		}
	}
}

// TestWindowsAreTheRelays: a relay may serve a model with less, or with more, than its vendor does.
func TestWindowsAreTheRelays(t *testing.T) {
	windows := ContextWindows(map[string]Lister{"small": list{window: 8_000}, "mute": list{}}, price.New())
	for _, c := range []struct {
		endpoint, model string
		want            int64
	}{{"small", "gpt-4o", 8_000}, {"mute", "gpt-4o", 128_000}, {"nobody", "gpt-4o", 128_000}, {"small", "ours", 8_000},
		{"mute", "ours", 0}} {
		if w, ok := windows(c.endpoint, c.model); w != c.want || ok != (c.want > 0) {
			t.Errorf("%s of %s: %d %v, want %d", c.model, c.endpoint, w, ok, c.want)
		}
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
		if o.Input != nil != c.tokens || o.Output != nil != c.tokens || o.Call != nil != c.call || o.Source != c.source ||
			!c.tokens && o.Cached != nil {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
