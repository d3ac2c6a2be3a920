package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
)

// writeJSON prints one object on one line. On a terminal, characters that act on it are escaped: encoding/json
// escapes ASCII controls only, and a terminal also obeys C1 controls and bidi marks.
func writeJSON(w io.Writer, terminal bool, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	out := b.Bytes()
	if terminal {
		out = escapeActing(out)
	}
	_, err := w.Write(out)
	return err
}

// writeJSON prints one object as a command's result.
func (c *console) writeJSON(v any) error { return writeJSON(c.Stdout, isTerminal(c.Stdout), v) }

// escapeActing writes characters that act on a terminal as \uXXXX. In JSON they occur only inside strings.
func escapeActing(doc []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(doc) {
		if acts(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

// acts reports whether r acts on a terminal.
func acts(r rune) bool {
	switch {
	case r >= 0x7f && r <= 0x9f, // DEL and C1
		r == 0x61c, r == 0x200e, r == 0x200f, // bidi marks
		r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // line separators, bidi embeddings and isolates
		r == 0xfeff, r >= 0xe0000 && r <= 0xe007f: // byte order mark, tags
		return true
	}
	return false
}
