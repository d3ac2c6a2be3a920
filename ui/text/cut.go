package text

// Tail is at most the last n bytes of s, without a rune that is cut.
func Tail(s string, n int) string {
	i := max(len(s)-n, 0)
	for i < len(s) && s[i]&0xC0 == 0x80 {
		i++
	}
	return s[i:]
}
