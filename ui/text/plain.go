package text

import "io"

// Plain is a writer for output without a screen. What goes to a terminal passes the filter; what goes to a file or a
// pipe is left as it is.
type Plain struct {
	w        io.Writer
	filter   Filter
	terminal bool
}

// NewPlain returns a writer to w; terminal says that w is a terminal.
func NewPlain(w io.Writer, terminal bool) *Plain { return &Plain{w: w, terminal: terminal} }

// Write writes a piece, which may be cut anywhere. On a terminal the last grapheme is held back until the next Write
// or Flush.
func (p *Plain) Write(piece []byte) (int, error) {
	if !p.terminal {
		return p.w.Write(piece)
	}
	if _, err := io.WriteString(p.w, p.filter.Write(string(piece))); err != nil {
		return 0, err
	}
	return len(piece), nil
}

// Flush writes what is held back. It is called at the end of a text.
func (p *Plain) Flush() error {
	if !p.terminal {
		return nil
	}
	_, err := io.WriteString(p.w, p.filter.Flush())
	return err
}
