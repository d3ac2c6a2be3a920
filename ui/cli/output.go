package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"golang.org/x/term"

	"relaytop/ui/text"
)

// usualWidth is the width, in columns, that is assumed for a terminal that reports none.
const usualWidth = 80

// output is stdout or stderr, and what can be shown there.
type output struct {
	w        io.Writer
	terminal bool  // a person reads it: text of others is filtered
	width    int   // of the terminal, in cells; 0: a pipe or a file, where nothing is wrapped or cut
	colour   bool  // never on a pipe
	ascii    bool  // no byte of ours is above 0x7F
	err      error // of the first sentence or line that could not be written
}

// stdout is where the result of a command goes.
func (c *console) stdout() *output { return c.outputTo(c.Stdout) }

// stderr is where everything else goes.
func (c *console) stderr() *output { return c.outputTo(c.Stderr) }

func (c *console) outputTo(w io.Writer) *output {
	o := &output{w: w, ascii: c.ascii}
	f, ok := w.(*os.File)
	if !ok || !isTerminal(f) {
		return o
	}
	o.terminal, o.width = true, usualWidth
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		o.width = width
	}
	o.colour = !c.noColour && colorprofile.Detect(f, os.Environ()) >= colorprofile.ANSI
	return o
}

// sentence writes one line of ours behind lead. On a terminal it is wrapped, and further lines begin below the end
// of lead.
func (o *output) sentence(lead, s string) {
	if o.terminal {
		s = text.Line(s) // it may name a model or a file
	}
	o.write(withLead(lead, s, o.proseWidth()))
}

// facts writes facts behind lead, with a separator between two. On a terminal no fact is broken where it fits on a
// line: one that does not fit behind the others begins a line.
func (o *output) facts(lead, separator string, list []string) {
	line := lead
	for i, fact := range list {
		if o.terminal {
			fact = text.Line(fact)
		}
		switch {
		case i == 0:
			line += fact
		case o.width > 0 && text.Width(line+strings.TrimRight(separator, " ")+" "+fact) > o.width:
			o.write(line)
			line = strings.Repeat(" ", len(lead)+2) + fact
		default:
			line += separator + fact
		}
	}
	o.write(line)
}

// line writes one line that may hold text we did not write: it is filtered for a terminal, and not wrapped.
func (o *output) line(s string) {
	if o.terminal {
		s = text.Clean(s)
	}
	o.write(s)
}

func (o *output) write(line string) {
	if _, err := fmt.Fprintln(o.w, line); o.err == nil {
		o.err = err
	}
}

// separator is between two facts on a line.
func (o *output) separator() string {
	if o.ascii {
		return " | "
	}
	return " · "
}

// plain is a writer for text that we did not write: a terminal gets it filtered, a pipe byte by byte.
func (o *output) plain() *text.Plain { return text.NewPlain(o.w, o.terminal) }

// isTerminal reports whether f is a terminal.
func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }
