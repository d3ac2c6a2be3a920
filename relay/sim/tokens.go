package sim

import (
	"unicode"
	"unicode/utf8"
)

// pieceLen is the most letters of a word in one token, about the average of common tokenisers on English prose.
const pieceLen = 6

// Tokenise splits a text roughly as tokenisers do: a word with the blank before it, long words in pieces, one token
// for a Chinese character, runs of blanks or of the same mark together. Joined, the tokens are the text; each is
// valid UTF-8 if the text is.
func Tokenise(text string) []string {
	tokens := make([]string, 0, len(text)/4+1)
	for len(text) > 0 {
		n := tokenLen(text)
		tokens = append(tokens, text[:n])
		text = text[n:]
	}
	return tokens
}

// CountTokens returns the number of tokens, without the allocations of Tokenise.
func CountTokens(text string) int {
	count := 0
	for len(text) > 0 {
		text = text[tokenLen(text):]
		count++
	}
	return count
}

func tokenLen(s string) int {
	i := 0
	r, n := utf8.DecodeRuneInString(s)
	if r == ' ' && len(s) > 1 {
		next, m := utf8.DecodeRuneInString(s[1:])
		if letter(next) {
			i, r, n = 1, next, m
		}
	}
	switch {
	case wide(r):
		return i + n
	case letter(r):
		return i + runLen(s[i:], letter, pieceLen)
	case unicode.IsSpace(r):
		return runLen(s, unicode.IsSpace, 16)
	case unicode.IsDigit(r):
		return runLen(s, unicode.IsDigit, 3)
	case r < utf8.RuneSelf:
		// The marks of Markdown: ** ### ``` and the rules of tables.
		return runLen(s, func(x rune) bool { return x == r }, 4)
	}
	return n
}

func letter(r rune) bool { return !wide(r) && (unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)) }

func wide(r rune) bool { return r >= 0x2e80 && r < 0xe000 || r >= 0x1f000 }

// runLen returns the length in bytes of the longest prefix of such runes, at most limit of them.
func runLen(s string, is func(rune) bool, limit int) int {
	end := 0
	for range limit {
		r, n := utf8.DecodeRuneInString(s[end:])
		if n == 0 || !is(r) {
			break
		}
		end += n
	}
	return max(end, 1)
}
