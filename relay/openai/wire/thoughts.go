package wire

import "strings"

// Thoughts takes the reasoning out of content: what stands between <think> and </think> at its start, or before
// </think> where the template of the model opened it. The pieces of a stream may be cut anywhere. A tag in code is
// text. The zero value is ready to use.
type Thoughts struct {
	Opened   bool // the template opens the reasoning: content begins with it
	Separate bool // reasoning comes in a field of its own: only an opening tag begins more of it

	stage    stage
	name     int             // of the tag that closes the reasoning; anyTag
	held     string          // the end of what came, which may be part of a tag
	raw      strings.Builder // the open reasoning as it came, with its tag
	returned int             // bytes of the open reasoning
	blanks   string          // white space at the end of the reasoning so far
	code     code
	begun    bool // the open reasoning has text
	after    bool // reasoning was closed
	closed   bool // by a tag without an opening one
	implied  bool // the open reasoning has no tag
	text     bool // text was returned
}

// stage is where in the content a Thoughts is.
type stage uint8

const (
	atStart  stage = iota // only white space and whole reasoning came
	thinking              // in reasoning
	talking               // in text; a closing tag may still come
	settled               // in text, whatever comes
)

const blank = " \t\r\n"

// Split is what a piece of content brings, the reasoning first.
type Split struct {
	Reasoning string
	Text      string
	Late      int  // bytes at the beginning of Text that came in an earlier piece
	Inside    bool // the piece is part of reasoning, though Reasoning may be empty
	Moved     bool // the text of all pieces before was reasoning
}

// Add takes the next piece.
func (t *Thoughts) Add(s string) Split {
	if t.stage == settled {
		return Split{Text: s}
	}
	late := len(t.held)
	if late > 0 {
		s, t.held = t.held+s, ""
	}
	var out Split
	t.run(s, &out, false)
	if !out.Inside && !t.after {
		out.Late = min(late, len(out.Text))
	}
	t.text = t.text || out.Text != ""
	return out
}

// End takes the end of the content.
func (t *Thoughts) End() Split {
	late := len(t.held)
	var out Split
	t.run(t.held, &out, true)
	if t.held = ""; !out.Inside && !t.after {
		out.Late = min(late, len(out.Text))
	}
	return out
}

// Open returns the reasoning that was opened and not closed: as it came, with its tag, and how many bytes of it were
// returned as Reasoning. raw is "" if there is none.
func (t *Thoughts) Open() (raw string, returned int) {
	if t.stage != thinking {
		return "", 0
	}
	return t.raw.String(), t.returned
}

// Holds reports whether text is held back until it is known whether a tag begins there.
func (t *Thoughts) Holds() bool { return t.held != "" }

// Closed reports whether a closing tag without an opening one ended reasoning.
func (t *Thoughts) Closed() bool { return t.closed }

// Implied reports whether content was taken for reasoning because of Opened alone: no closing tag has come.
func (t *Thoughts) Implied() bool { return t.stage == thinking && t.implied }

func (t *Thoughts) run(s string, out *Split, last bool) {
	for s != "" {
		switch t.stage {
		case atStart:
			s = t.start(s, out, last)
		case thinking:
			s = t.think(s, out, last)
		case talking:
			s = t.talk(s, out, last)
		case settled:
			out.Text += s
			return
		}
	}
}

// start looks for a tag behind white space. Like think and talk, it returns what is left to be read.
func (t *Thoughts) start(s string, out *Split, last bool) string {
	body := strings.TrimLeft(s, blank)
	name, n, whole := matchTag(body, openers())
	closing := false
	if n == 0 && !t.after {
		name, n, whole = matchTag(body, closers())
		closing = true
	}
	switch {
	case !last && (body == "" && len(s) < holdMost || n > 0 && !whole):
		t.held = s
		return ""
	case whole && closing: // nothing stood between the template's tag and this one
		t.closed, t.after, out.Inside = true, true, true
		return body[n:]
	case whole:
		t.open(name, out)
		t.raw.WriteString(s[:len(s)-len(body)+n])
		return body[n:]
	case t.after:
		t.stage = settled
		return body
	case t.Opened && !t.Separate:
		t.open(anyTag, out)
		t.implied = true
		return s
	}
	t.stage = talking
	return s
}

// open begins reasoning.
func (t *Thoughts) open(name int, out *Split) {
	if t.begun {
		t.blanks = "\n\n" // between two pieces of reasoning
	}
	t.stage, t.name, t.code, t.begun, out.Inside = thinking, name, code{}, false, true
	t.raw.Reset()
	t.returned = 0
}

// think reads reasoning up to its closing tag.
func (t *Thoughts) think(s string, out *Split, last bool) string {
	at, n, _ := t.code.find(s, tagsWanted{closing: t.name}, last)
	part := s[:at]
	t.raw.WriteString(part)
	out.Inside = true
	if !t.begun {
		part = strings.TrimLeft(part, blank)
	}
	if body := strings.TrimRight(part, blank); body != "" {
		out.Reasoning += t.blanks + body
		t.returned += len(t.blanks) + len(body)
		t.blanks, t.begun = part[len(body):], true
	} else if t.blanks += part; len(t.blanks) > holdMost {
		out.Reasoning, t.returned, t.blanks = out.Reasoning+t.blanks, t.returned+len(t.blanks), ""
	}
	if n == 0 {
		t.held = s[at:]
		return ""
	}
	t.raw.Reset()
	t.stage, t.after, t.blanks, t.closed, t.implied = atStart, true, "", t.closed || t.implied, false
	return s[at+n:]
}

// talk reads text. A closing tag makes all of it reasoning; an opening one shows that the text is about tags.
func (t *Thoughts) talk(s string, out *Split, last bool) string {
	if t.Separate {
		t.stage = settled
		return s
	}
	at, n, opens := t.code.find(s, tagsWanted{closing: anyTag, opening: true}, last)
	out.Text += s[:at]
	switch {
	case n == 0:
		t.held = s[at:]
		return ""
	case opens:
		t.stage = settled
		return s[at:]
	}
	out.Moved = t.text
	out.Reasoning, out.Text, out.Inside = strings.TrimRight(out.Text, blank), "", true
	if !out.Moved {
		out.Reasoning = strings.TrimLeft(out.Reasoning, blank)
	}
	t.stage, t.closed, t.after, t.begun = atStart, true, true, true
	return s[at+n:]
}
