package text

import "io"

// Plain is a writer for output without a screen. To a terminal everything passes the filter; to a file or a pipe it
// stays raw, byte by byte.
type Plain struct {
	w        io.Writer
	filter   Filter
	terminal bool
}

// NewPlain writes to w, which is a terminal or not.
func NewPlain(w io.Writer, terminal bool) *Plain { return &Plain{w: w, terminal: terminal} }

// Write takes a piece, cut anywhere. On a terminal the last grapheme is held back until the next piece or Flush.
func (p *Plain) Write(piece []byte) (int, error) {
	if !p.terminal {
		return p.w.Write(piece)
	}
	if _, err := io.WriteString(p.w, p.filter.Write(string(piece))); err != nil {
		return 0, err
	}
	return len(piece), nil
}

// Flush writes what is held back: at the end of a text.
func (p *Plain) Flush() error {
	if !p.terminal {
		return nil
	}
	_, err := io.WriteString(p.w, p.filter.Flush())
	return err
}
