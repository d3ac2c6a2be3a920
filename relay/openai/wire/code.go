package wire

import "strings"

// anyTag stands for the tag of any name.
const anyTag = -1

func openers() []string { return []string{"<think>", "<thinking>", "<thought>"} }
func closers() []string { return []string{"</think>", "</thinking>", "</thought>"} }

// matchTag compares the beginning of s with tags, in any case. name is the place of the tag; n is its length, or that
// of s where s is only the beginning of one; 0: s begins with none.
func matchTag(s string, tags []string) (name, n int, whole bool) {
	for i, tag := range tags {
		k := min(len(s), len(tag))
		switch {
		case !strings.EqualFold(s[:k], tag[:k]):
		case k == len(tag):
			return i, k, true
		default:
			name, n = i, k
		}
	}
	return name, n, false
}

// code follows Markdown as far as it must to know whether a tag stands in code: fences, spans of one paragraph, and
// lines that are indented by four columns. The zero value is the beginning of a line.
type code struct {
	fence  int  // length of the run that opened the block; 0: none is open
	mark   byte // of which it is made
	info   bool // on the line that opened it
	span   int  // length of the run of backticks that may have opened a span in this paragraph
	run    int  // length of the run that is being read
	runOf  byte
	first  bool // the run is the first of its line
	mid    bool // the line has more than white space
	indent int  // columns of white space before that
	above  bool // the span was opened on an earlier line
	list   byte // what the marker of a list item ends with: a bullet, or the sign after a number; '0' is a number
	prev   byte
}

// tagsWanted are the tags to be found.
type tagsWanted struct {
	closing int  // the name, or anyTag
	opening bool // opening tags too
}

// holdMost is how many bytes are waited for to see whether a span of code ends in its paragraph, or what is behind
// white space.
const holdMost = 4 << 10

// find reads s up to the first tag that does not stand in code. n is the tag's length. If n is 0, at is where s can't
// be judged without what follows, or its end.
func (c *code) find(s string, want tagsWanted, last bool) (at, n int, opens bool) {
	if c.mid && c.run == 0 && !strings.ContainsAny(s, "<`\n") { // most pieces
		c.prev = s[len(s)-1]
		return len(s), 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] != '<' {
			c.step(s[i])
			continue
		}
		c.endRun()
		if c.fence > 0 {
			c.step(s[i])
			continue
		}
		name, n, whole := matchTag(s[i:], closers())
		opens := false
		if n == 0 && want.opening {
			_, n, whole = matchTag(s[i:], openers())
			opens, name = true, want.closing
		}
		switch {
		case n > 0 && !whole && !last:
			return i, 0, false
		case whole && (want.closing == anyTag || want.closing == name):
			in, known := c.contains(s[i+n:], want.opening, last)
			if !known {
				return i, 0, false
			}
			if !in {
				return i, n, opens
			}
		}
		c.step(s[i])
	}
	return len(s), 0, false
}

// contains reports whether a tag that is followed by rest stands in code, or, in text, between quotation marks or
// behind a backslash.
func (c *code) contains(rest string, text, last bool) (in, known bool) {
	switch {
	case !c.mid && c.indent >= 4:
		return true, true
	case c.span > 0 && (text || !c.above):
		return c.spanEnds(rest, text, last)
	case text && c.prev == '\\': // escaped
		return true, true
	case text && (c.prev == '"' || c.prev == '\''):
		if rest == "" {
			return false, last
		}
		return rest[0] == c.prev, true
	}
	return false, true
}

// spanEnds reports whether the span that is open ends in rest, before the paragraph does, or, in reasoning, the line:
// what is thought has lone backticks, and a tag on a line of its own ends it.
func (c *code) spanEnds(rest string, text, last bool) (ends, known bool) {
	run, blank := 0, !text
	for i := range len(rest) {
		switch b := rest[i]; {
		case b == '`':
			run++
			continue
		case run == c.span:
			return true, true
		case b == '\n' && blank, text && blank && run >= 3, i > holdMost: // a blank line, or a fence
			return false, true
		case b == '\n':
			blank = true
		case text && b != ' ' && b != '\t' && b != '\r':
			blank = false
		}
		run = 0
	}
	return run == c.span, last
}

// step takes in a byte.
func (c *code) step(b byte) {
	c.prev = b
	if c.run > 0 && b == c.runOf {
		c.run++
		return
	}
	c.endRun()
	switch {
	case b == '\n':
		*c = code{fence: c.fence, mark: c.mark, prev: b, span: c.goesOn()}
		c.above = c.span > 0
	case b == '`', b == '~' && !c.mid:
		c.run, c.runOf, c.first, c.mid, c.list = 1, b, !c.mid, true, 0
	case c.mid && c.list != 0:
		c.marker(b)
	case c.mid, b == '\r':
	case b == ' ':
		c.indent++
	case b == '\t':
		c.indent += 4
	case b == '>': // of a quotation
		c.indent = 0
	default:
		c.mid = true
		switch {
		case b == '-', b == '*', b == '+':
			c.list = b
		case b >= '0' && b <= '9':
			c.list = '0'
		}
	}
}

// marker takes in a byte of what may be the marker of a list item. A fence may follow it on its line.
func (c *code) marker(b byte) {
	switch {
	case c.list == '0' && b >= '0' && b <= '9':
	case c.list == '0' && (b == '.' || b == ')'):
		c.list = b
	case c.list != '0' && (b == ' ' || b == '\t'):
		c.mid, c.indent, c.list = false, 0, 0
	default:
		c.list = 0
	}
}

// goesOn returns the span that goes on in the next line: none behind a blank line, or in a block of code.
func (c *code) goesOn() int {
	if !c.mid || c.fence > 0 {
		return 0
	}
	return c.span
}

// endRun takes in the end of a run of backticks or tildes.
func (c *code) endRun() {
	n := c.run
	c.run = 0
	switch {
	case n == 0:
	case c.info && c.runOf == c.mark: // two runs on one line: the first opened a span, not a block
		c.span, c.fence, c.info = c.fence, 0, false
		if n == c.span {
			c.span = 0
		}
	case c.fence > 0:
		if c.first && c.runOf == c.mark && n >= c.fence {
			c.fence = 0
		}
	case c.first && n >= 3:
		c.fence, c.mark, c.info, c.span = n, c.runOf, true, 0
	case c.runOf == '~':
	case c.span == 0:
		c.span, c.above = n, false
	case c.span == n:
		c.span = 0
	}
}
