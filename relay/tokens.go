package relay

// EstimateTokens is the number of tokens that a text probably has, where the relay does not state it. For a text that
// comes in pieces use a TokenCount.
func EstimateTokens[T string | []byte](s T) int64 {
	return TokenCount{TokenQuarters(s)}.Tokens()
}

// TokenCount estimates the tokens of a text that comes in pieces. It counts in quarters over the whole text and
// rounds up once: rounding each piece up would count a stream of single letters several times over. An ASCII byte
// is one quarter, any other character three: close for English and code, close for CJK, a little high for accented
// Latin.
type TokenCount struct{ Quarters int64 }

// Add counts one more piece. It allocates nothing and may split a character anywhere.
func (c *TokenCount) Add(s string) { c.Quarters += TokenQuarters(s) }

// Tokens is the estimate so far; any text at all is at least one token.
func (c TokenCount) Tokens() int64 { return (c.Quarters + 3) / 4 }

// TokenQuarters are the quarters of a token in a piece of text. It looks at lead bytes only, so that a character
// split between pieces counts once. Every token of every request passes through it: ASCII is counted eight bytes at
// a time.
func TokenQuarters[T string | []byte](s T) int64 {
	n := 0
	for n+8 <= len(s) && ascii(s[n:]) {
		n += 8
	}
	if len(s) >= 8 && ascii(s[len(s)-8:]) && len(s)-n < 8 {
		return int64(len(s)) // the rest is the end of eight bytes
	}
	quarters := int64(n)
	for ; n < len(s); n++ {
		switch c := s[n]; {
		case c < 0x80:
			quarters++
		case c >= 0xC0:
			quarters += 3
		}
	}
	return quarters
}

// ascii reports whether the first eight bytes are ASCII. The compiler makes one load of it.
func ascii[T string | []byte](s T) bool {
	_ = s[7]
	w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	return w&0x8080808080808080 == 0
}
