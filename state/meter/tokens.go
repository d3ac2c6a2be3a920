package meter

import "relaytop/relay"

// Tokens estimates how many tokens a text has while it streams, before the relay says.
type Tokens struct{ n relay.TokenCount }

// Add counts one more piece of the text. It allocates nothing and may split a character anywhere.
func (t *Tokens) Add(s string) { t.n.Add(s) }

// Count is the estimate so far; any text at all is at least one token.
func (t Tokens) Count() int64 { return t.n.Tokens() }

// Estimate is the number of tokens that a whole text probably has.
func Estimate(s string) int64 { return relay.EstimateTokens(s) }

// quarters are the quarters of a token in a piece of text.
func quarters(s string) int64 {
	var n relay.TokenCount
	n.Add(s)
	return n.Quarters
}
