package meter

// Tokens estimates how many tokens a text has while it streams, before the relay says. It counts in quarters over the whole text
// and rounds once: rounding each chunk up would make a stream of one-letter chunks several times as long as it is.
// A quarter is one ASCII byte; any other character is three quarters, which fits CJK and is a little high for accented Latin.
type Tokens struct{ quarters int64 }

// Add counts one more piece of the text. It allocates nothing and may split a character anywhere.
func (t *Tokens) Add(s string) { t.quarters += quarters(s) }

// Count is the estimate so far; any text at all is at least one token.
func (t Tokens) Count() int64 { return (t.quarters + 3) / 4 }

// Estimate is the number of tokens that a whole text probably has.
func Estimate(s string) int64 {
	var t Tokens
	t.Add(s)
	return t.Count()
}

// quarters looks at lead bytes only, so that a character split between chunks counts once.
func quarters(s string) int64 {
	var n int64
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x80:
			n++
		case c >= 0xC0:
			n += 3
		}
	}
	return n
}
