package tty

import "strconv"

// escapeKey is the escape key. ESC itself would have the decoder wait for more.
const escapeKey = "\x1b[27u"

// The modifiers of CSI u, plus one.
const (
	withAlt      = 3
	withAltShift = 4
	withAltCtrl  = 7
)

// altKey is a character that is typed with alt, as CSI u.
func altKey(r rune) string {
	mod := withAlt
	key := strconv.Itoa(int(r))
	switch {
	case r == 0:
		key, mod = "32", withAltCtrl // ctrl+space
	case r == '\t' || r == '\r' || r == esc:
	case r < 0x1b:
		key, mod = strconv.Itoa(int(r)+0x60), withAltCtrl
	case r < ' ':
		key, mod = strconv.Itoa(int(r)+0x40), withAltCtrl
	case r >= 'A' && r <= 'Z':
		key, mod = strconv.Itoa(int(r-'A'+'a'))+":"+key, withAltShift
	}
	return "\x1b[" + key + ";" + strconv.Itoa(mod) + "u"
}
