package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"relaytop/relay"
	"relaytop/ui/text"
)

// usualKey stands for a key whose variable is not known.
const usualKey = "HOLYSHEEP_API_KEY"

// curl is a request as a command to be pasted into sh, bash, zsh or fish. Keys are variables. Whatever the bodies
// hold, what is pasted runs curl and nothing else: a paste goes through the terminal first, so no control byte may
// stand in it, and then through the shell.
func curl(x *relay.Exchange) string {
	var b strings.Builder
	b.WriteString("curl -sSN ")
	if strings.ContainsAny(x.URL, "[]{}") {
		b.WriteString("--globoff ")
	}
	b.WriteString(hidden(x.URL, "RELAY_QUERY"))
	for _, f := range x.Sent {
		if own(f.Name) {
			continue
		}
		b.WriteString(" \\\n  -H " + hidden(f.Name+": "+f.Value, keyName(x, f.Name)))
	}
	b.WriteString(" \\\n  --data-raw " + quoteBody(x.Body) + "\n")
	return b.String()
}

// own reports whether curl sets a header field itself, or the field is of the first request alone.
func own(field string) bool {
	switch field {
	case "Host", "Content-Length", "User-Agent", "X-Request-Id":
		return true
	}
	return false
}

// copied says what was copied, and which variable stands for the key, if one does.
func copied(x *relay.Exchange) string {
	for _, f := range x.Sent {
		if !own(f.Name) && strings.Contains(f.Value, relay.Mask) {
			return "the request as curl, its key as $" + keyName(x, f.Name)
		}
	}
	return "the request as curl"
}

// keyName is the variable that stands for what is masked in a header field.
func keyName(x *relay.Exchange, field string) string {
	if !strings.EqualFold(field, "Authorization") {
		return variable(field)
	}
	if v := variable(x.KeyEnv); v != "" && v == x.KeyEnv {
		return v
	}
	return usualKey
}

// variable turns any text into the name of a shell variable.
func variable(s string) string {
	v := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '_'
	}, s)
	if v != "" && v[0] <= '9' {
		v = "_" + v
	}
	return v
}

// hidden quotes s with a variable in place of each mask.
func hidden(s, name string) string {
	parts := strings.Split(s, relay.Mask)
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString(`"$` + name + `"`)
		}
		if p != "" || len(parts) == 1 {
			b.WriteString(quote(p))
		}
	}
	return b.String()
}

// quoteBody quotes a body. One that is JSON is first written so that nothing in it means anything to a shell or a
// terminal: apostrophes, doubled backslashes and what does not print become \u escapes, which are the same to
// whoever reads JSON.
func quoteBody(body []byte) string {
	var flat bytes.Buffer
	if json.Compact(&flat, body) != nil {
		return quote(string(body))
	}
	src := flat.String()
	var b strings.Builder
	b.Grow(len(src) + 64)
	b.WriteByte('\'')
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRuneInString(src[i:])
		switch {
		case strings.HasPrefix(src[i:], `\\`):
			b.WriteString(`\u005c`)
			n = 2
		case r == '\'':
			b.WriteString(`\u0027`)
		case r == utf8.RuneError && n == 1:
			b.WriteString(`\ufffd`)
		case !printable(r) && r > 0xffff:
			hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		case !printable(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteString(src[i : i+n])
		}
		i += n
	}
	b.WriteByte('\'')
	return b.String()
}

// printable reports whether a rune can be pasted as it is: what the screen would replace can't.
func printable(r rune) bool { return r >= ' ' && !text.Acts(r) }

// quote makes one word of any text, the same in sh and in fish, where a backslash is an escape even between
// apostrophes. Bytes that do not print are written by printf when it runs. A NUL can't be part of an argument and is
// left out.
func quote(s string) string {
	var b strings.Builder
	open := false
	turn := func(on bool) {
		if on != open {
			b.WriteByte('\'')
			open = on
		}
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		bad := r == utf8.RuneError && n == 1
		switch {
		case r == 0:
		case r == '\'':
			turn(false)
			b.WriteString(`"'"`)
		case r == '\\':
			turn(false)
			b.WriteString(`"\\"`)
		case r == '\n':
			turn(true) // a line that ends within quotes goes on
			b.WriteByte('\n')
		case bad || !printable(r):
			turn(false)
			b.WriteString(`"$(printf '`)
			for _, c := range []byte(s[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
			b.WriteString(`')"`)
		default:
			turn(true)
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	turn(false)
	if b.Len() == 0 {
		return "''"
	}
	return b.String()
}
