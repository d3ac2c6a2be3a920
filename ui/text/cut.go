package text

// Tail is the last n bytes of s at most, without a letter that is cut.
func Tail(s string, n int) string {
	i := max(len(s)-n, 0)
	for i < len(s) && s[i]&0xC0 == 0x80 {
		i++
	}
	return s[i:]
}
