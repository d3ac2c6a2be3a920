package relay

// EstimateTokens is the number of tokens that a text probably has, where the relay does not say. An ASCII byte counts as a
// quarter of a token, any other character as three quarters: close for English and code, close for CJK, a little high for
// accented Latin. It is meant for whole texts: rounding up chunk by chunk would count a stream of single letters several times over.
func EstimateTokens(s string) int64 {
	var quarters int64
	for i := range len(s) {
		switch c := s[i]; {
		case c < 0x80:
			quarters++
		case c >= 0xC0: // the lead byte of a character
			quarters += 3
		}
	}
	return (quarters + 3) / 4
}
