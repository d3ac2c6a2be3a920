package text

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Join says how a line goes on from the one above it.
type Join uint8

// Where the line above was broken: at its own end, at blanks, or where nothing stood.
const (
	Apart Join = iota
	Spaced
	Torn
)

// JoinOver is the join of two lines of one wrapped text with gap between them. Of what is not blank nothing is known.
func JoinOver(gap string) Join {
	switch {
	case gap == "":
		return Torn
	case strings.TrimSpace(gap) == "": // it may be a wide blank
		return Spaced
	}
	return Apart
}

// WrapJoined is Wrap, without blanks at the ends of lines, that also says how each line goes on from the one above
// it.
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

// Joiner puts lines together again that were wrapped. Blanks at the end of a line are kept only where it was torn:
// what it ends in is then the middle of something.
type Joiner struct {
	b    []byte
	more bool // a line was added
}

// Add puts the next line behind the others. How the first one goes on does not matter.
func (j *Joiner) Add(line string, how Join) {
	if j.more && how != Torn {
		j.trim()
		switch {
		case how == Apart:
			j.b = append(j.b, '\n')
		case len(j.b) > 0: // else only the end of the line above was added
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

// String is the text so far.
func (j *Joiner) String() string {
	j.trim()
	return string(j.b)
}
