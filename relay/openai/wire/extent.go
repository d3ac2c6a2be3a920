package wire

// Extent finds the end of a JSON object that comes in pieces. It counts brackets: whether what is between them is JSON
// is for a decoder to say.
type Extent struct {
	read            int // bytes that were looked at
	depth           int
	quoted, escaped bool
}

// End returns the length of the object that doc begins with; 0: it is not whole yet. doc is what an earlier call was
// given, and more.
func (e *Extent) End(doc []byte) int {
	for ; e.read < len(doc); e.read++ {
		switch c := doc[e.read]; {
		case e.escaped:
			e.escaped = false
		case e.quoted && c == '\\':
			e.escaped = true
		case c == '"':
			e.quoted = !e.quoted
		case e.quoted:
		case c == '{' || c == '[':
			e.depth++
		case c == '}' || c == ']':
			if e.depth--; e.depth <= 0 {
				return e.read + 1
			}
		}
	}
	return 0
}
