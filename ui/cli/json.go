package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"relaytop/ui/text"
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
		if text.Acts(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.Bytes()
}

// writeLine prints one JSON object, with its line end, as part of a command's result.
func (c *console) writeLine(line []byte) error {
	if isTerminal(c.Stdout) {
		line = escapeActing(line)
	}
	_, err := c.Stdout.Write(line)
	return err
}
