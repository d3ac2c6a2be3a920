package text

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Join is how a line continues the one above it.
type Join uint8

// The joins, by where the line above was broken: at a newline, at blanks, or within a word.
const (
	Apart Join = iota
	Spaced
	MidWord
)

// JoinOver is the join of two lines of a wrapped text that had gap between them. It is Apart if gap is not blank.
func JoinOver(gap string) Join {
	switch {
	case gap == "":
		return MidWord
	case strings.TrimSpace(gap) == "": // it may be a wide blank
		return Spaced
	}
	return Apart
}

// WrapJoined is Wrap without blanks at the ends of lines. joins[i] is how line i continues the one above it.
func WrapJoined(s string, w int) (lines []string, joins []Join) {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	for para := range strings.SplitSeq(s, "\n") {
		at := 0
		for k, line := range Wrap(para, w) {
			line = strings.TrimRight(line, " ")
			join := Apart
			if i := strings.Index(para[at:], line); i >= 0 {
				if k > 0 {
					join = JoinOver(para[at : at+i])
				}
				at += i + len(line)
			}
			lines, joins = append(lines, line), append(joins, join)
		}
	}
	return lines, joins
}

// Joiner joins wrapped lines to the text that they were. Blanks at the end of a line are kept only if the next line
// is MidWord: they are then in the middle of the text.
type Joiner struct {
	b    []byte
	more bool // a line was added
}

// Add appends a line. how is ignored for the first one.
func (j *Joiner) Add(line string, how Join) {
	if j.more && how != MidWord {
		j.trim()
		switch {
		case how == Apart:
			j.b = append(j.b, '\n')
		case len(j.b) > 0: // else the line above was blank
			j.b = append(j.b, ' ')
		}
	}
	j.b, j.more = append(j.b, line...), true
}

func (j *Joiner) trim() {
	for n := len(j.b); n > 0 && j.b[n-1] == ' '; n-- {
		j.b = j.b[:n-1]
	}
}

// String is the text so far, without blanks at its end.
func (j *Joiner) String() string {
	j.trim()
	return string(j.b)
}
