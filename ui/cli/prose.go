package cli

import (
	"io"
	"strings"

	"github.com/muesli/reflow/dedent"
	"github.com/muesli/reflow/indent"
	"github.com/muesli/reflow/padding"
	"github.com/muesli/reflow/wordwrap"
)

const (
	mostProse  = 100 // cells of a line that are still read with ease
	pipedProse = 80  // for help texts on a pipe
	classWidth = 15  // of the names of error classes
)

// prose lays out text that we wrote: paragraphs are joined and wrapped at width, indented lines stay as they are.
// Text of others never comes here. A width of 0 does not wrap.
func prose(s string, width int) string {
	var out []string
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			out = append(out, wrapWords(strings.Join(paragraph, " "), width))
		}
		paragraph = nil
	}
	s = strings.Trim(s, "\n")
	// a raw string: dedent looks at indented lines alone, and would flatten the others' examples
	if strings.HasPrefix(s, "\t") {
		s = dedent.String(s)
	}
	for line := range strings.SplitSeq(s, "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			flush()
			out = append(out, "")
		case strings.HasPrefix(line, " "), strings.HasPrefix(line, "\t"):
			flush()
			out = append(out, strings.ReplaceAll(line, "\t", "  "))
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return strings.Join(out, "\n") + "\n"
}

// withLead puts lead before one of the program's own sentences, whose further lines begin below the end of lead.
func withLead(lead, s string, width int) string {
	free := 0
	if width > 0 {
		free = max(width-len(lead), 1)
	}
	body := indent.String(wrapWords(s, free), uint(len(lead)))
	return lead + strings.TrimPrefix(body, strings.Repeat(" ", len(lead)))
}

// label is a name in front of a value, as wide as others beside it.
func label(name string, width int) string { return padding.String(name, uint(width)) }

// wrapWords breaks lines between words. reflow counts bytes above ASCII wrong, so a line that has some is left to
// the terminal; a flag and a text in backquotes are one word.
func wrapWords(s string, width int) string {
	if width <= 0 || strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
		return s
	}
	const tied = "\ue000" // a blank inside backquotes
	parts := strings.Split(s, "`")
	for i := 1; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], " ", tied)
	}
	w := wordwrap.NewWriter(width)
	w.Breakpoints = nil // not within a flag
	_, _ = io.WriteString(w, strings.Join(parts, "`"))
	_ = w.Close() // neither can fail: it writes to memory
	return strings.ReplaceAll(w.String(), tied, " ")
}

// proseWidth is where prose is wrapped: 0, not at all, on a pipe, where a line is a message.
func (o *output) proseWidth() int { return min(o.width, mostProse) }

// helpWidth is where help is wrapped, on a pipe too.
func (o *output) helpWidth() int {
	if o.width == 0 {
		return pipedProse
	}
	return o.proseWidth()
}
