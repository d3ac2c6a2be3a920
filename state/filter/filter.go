// Package filter is the language in which requests are looked for: err model:gpt >2s -retried refund.
package filter

import (
	"strconv"
	"strings"
	"time"

	"relaytop/relay"
)

// A Filter keeps the requests that match all of its terms. One without terms keeps all.
type Filter struct{ Terms []Term }

// A Term is one condition on a request. Its Kind says which of the other fields are set.
type Term struct {
	Kind  Kind
	Not   bool          // -without: the requests that don't match are kept
	Below bool          // of a comparison: < instead of >
	Text  string        // in lower case, of a kind that looks for text
	Time  time.Duration // of Took and TTFT
	Cost  relay.Money
}

// Kind is what a term is about.
type Kind int

// The kinds of terms.
const (
	Word     Kind = iota // is in the prompt or the answer
	Failed               // err: no answer came that could be kept
	OK                   // an answer came
	Retried              // it took more than one attempt
	Cut                  // the answer ends before its end
	Took                 // >2s: from the time it was asked for to its last token, or its failure
	TTFT                 // ttft>500ms
	Cost                 // cost>0.01
	Model                // model: a part of the name that was asked for, or that answered
	Endpoint             // at: a part of the endpoint's name
	Lane                 // lane: chat, batch, ...
	Class                // class: rate_limit, ...
	Run                  // run: the beginning of the id of a batch run or a benchmark
)

var (
	states = [...]struct {
		word string
		kind Kind
	}{{"err", Failed}, {"ok", OK}, {"retried", Retried}, {"cut", Cut}}
	names = [...]struct {
		prefix string
		kind   Kind
	}{{"model:", Model}, {"at:", Endpoint}, {"lane:", Lane}, {"class:", Class}, {"run:", Run}}
)

// Parse reads what was typed. It never fails: a word that means nothing else is looked for in prompts and answers,
// and a name without a value, which is still being typed, leaves nothing out.
func Parse(typed string) Filter {
	var f Filter
	for _, word := range strings.Fields(typed) {
		t := Term{}
		if rest, ok := strings.CutPrefix(word, "-"); ok {
			t.Not, word = true, rest
		}
		if t.parse(strings.ToLower(word)) {
			f.Terms = append(f.Terms, t)
		}
	}
	return f
}

// parse sets the kind and the value of the term. False: the word is not typed to its end.
func (t *Term) parse(word string) bool {
	for _, s := range states {
		if word == s.word {
			t.Kind = s.kind
			return true
		}
	}
	for _, n := range names {
		if value, ok := strings.CutPrefix(word, n.prefix); ok {
			t.Kind, t.Text = n.kind, value
			return value != ""
		}
	}
	if i := strings.IndexAny(word, "<>"); i >= 0 && t.compare(word[:i], word[i+1:]) {
		t.Below = word[i] == '<'
		return true
	}
	t.Text = word
	switch word {
	case "", ">", "<", "ttft>", "ttft<", "cost>", "cost<":
		return false
	}
	return true
}

// compare reads the value of a comparison.
func (t *Term) compare(name, value string) bool {
	switch name {
	case "", "e2e", "felt":
		t.Kind = Took
	case "ttft":
		t.Kind = TTFT
	case "cost":
		cost, err := relay.ParseMoney(strings.TrimPrefix(value, "$"))
		if err != nil || cost < 0 {
			return false
		}
		t.Kind, t.Cost = Cost, cost
		return true
	default:
		return false
	}
	d, err := time.ParseDuration(value)
	if n, e := strconv.ParseFloat(value, 64); err != nil && e == nil && n < 1e9 { // seconds, while the unit is typed
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil || d < 0 || strings.HasPrefix(value, "-") {
		t.Kind = Word
		return false
	}
	t.Time = d
	return true
}

// String is the filter as it would be typed. Parsing it gives the same filter.
func (f Filter) String() string {
	words := make([]string, len(f.Terms))
	for i := range f.Terms {
		words[i] = f.Terms[i].String()
	}
	return strings.Join(words, " ")
}

// String is the term as it would be typed.
func (t *Term) String() string {
	sign, than := "", ">"
	if t.Not {
		sign = "-"
	}
	if t.Below {
		than = "<"
	}
	for _, s := range states {
		if t.Kind == s.kind {
			return sign + s.word
		}
	}
	for _, n := range names {
		if t.Kind == n.kind {
			return sign + n.prefix + t.Text
		}
	}
	switch t.Kind {
	case Took:
		return sign + than + t.Time.String()
	case TTFT:
		return sign + "ttft" + than + t.Time.String()
	case Cost:
		return sign + "cost" + than + t.Cost.String()
	case Word, Failed, OK, Retried, Cut, Model, Endpoint, Lane, Class, Run: // those above, and words
	}
	return sign + t.Text
}
