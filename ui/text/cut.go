package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Truncate cuts s to at most w cells; what is cut ends in ….
func Truncate(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w { // a byte is never wider than a cell
		return s
	}
	return ansi.Truncate(s, w, "…")
}

// Prefix is the beginning of s that takes at most w cells: whole graphemes, nothing added.
func Prefix(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w {
		return s
	}
	return ansi.Truncate(s, w, "")
}

// Clip is at most the first n bytes of s, without a rune that is cut.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// Tail is at most the last n bytes of s, without a rune that is cut.
func Tail(s string, n int) string {
	i := max(len(s)-n, 0)
	for i < len(s) && s[i]&0xC0 == 0x80 {
		i++
	}
	return s[i:]
}
