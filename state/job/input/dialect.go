package input

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// dialect is how a CSV or TSV is written.
type dialect struct {
	comma rune  // what separates its columns
	skip  int64 // length of a first line that only names the separator
}

// dialectOf finds the separator of a CSV or TSV: the one that a first line sep=X names, as Excel writes it; else that
// of the kind; else, where the header would be one column or have no column prompt, the one that the header holds.
func dialectOf(name string, kind Kind, head []byte) (dialect, error) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if sep := sepLine(line); sep != nil {
		r, n := utf8.DecodeRune(sep)
		if n != len(sep) || r == utf8.RuneError || bytes.ContainsAny(sep, "\"\r\n") {
			return dialect{}, Unusable("the first line of %s is sep=%.20q, and the separator is one character: "+
				"write sep=; or take the line out", name, sep)
		}
		return dialect{r, int64(min(len(line)+1, len(head)))}, nil
	}
	own, others := ',', []rune{';', '\t', '|'}
	if kind == TSV {
		own, others = '\t', []rune{';', '|', ','}
	}
	counts := separators(head)
	header := bytes.TrimLeft(head, "\r\n")
	header, _, _ = bytes.Cut(header, []byte("\n"))
	for _, r := range others { // a name may hold the usual separator: price 1,5;prompt
		if counts[own] > 0 && counts[r] > 0 && !namesPrompt(header, own) && namesPrompt(header, r) {
			return dialect{comma: r}, nil
		}
	}
	if counts[own] > 0 {
		return dialect{comma: own}, nil
	}
	best := own
	for _, r := range others {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return dialect{comma: best}, nil
}

// namesPrompt reports whether a separator makes a column prompt of a header.
func namesPrompt(header []byte, comma rune) bool {
	columns, err := csvFields(header, comma)
	return err == nil &&
		slices.ContainsFunc(columns, func(c string) bool { return strings.TrimFunc(c, isBlank) == "prompt" })
}

// sepLine returns what follows sep= in a line that begins with it, in quotes or not; nil: it does not.
func sepLine(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\r"))
	if n := len(line); n > 1 && line[0] == '"' && line[n-1] == '"' {
		line = line[1 : n-1]
	}
	const key = "sep="
	if len(line) < len(key) || !bytes.EqualFold(line[:len(key)], []byte(key)) {
		return nil
	}
	return line[len(key):]
}

// separators counts what may separate the columns of a header, outside of quotes.
func separators(head []byte) map[rune]int {
	counts := map[rune]int{}
	quoted := false
	for _, c := range bytes.TrimLeft(head, "\r\n") {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return counts
		case c == ',', c == ';', c == '\t', c == '|':
			counts[rune(c)]++
		}
	}
	return counts
}
