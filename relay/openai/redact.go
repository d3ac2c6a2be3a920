package openai

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// redactor removes secrets from diagnostics by their value: the key, the values of extra headers, the user info and
// the query of the URL. It never touches an answer's text.
type redactor struct {
	r       *strings.Replacer
	values  []string // longest first, also in the escaped forms of URLs and JSON
	longest int
}

func newRedactor(e relay.Endpoint) redactor {
	var values []string
	add := func(s string) {
		if !looksSecret(s) {
			return
		}
		values = append(values, s, url.QueryEscape(s))
		if quoted, err := json.Marshal(s); err == nil {
			values = append(values, strings.Trim(string(quoted), `"`))
		}
	}
	add(e.Key.Reveal())
	for name, v := range e.Headers {
		addHeader(name, v, add)
	}
	if u, err := url.Parse(e.BaseURL); err == nil {
		if u.User != nil {
			add(u.User.Username())
			pass, _ := u.User.Password()
			add(pass)
			add(u.User.String())
		}
		for _, vs := range u.Query() {
			for _, v := range vs {
				add(v)
			}
		}
	}
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // a secret before its parts
	pairs := make([]string, 0, 2*len(values))
	for _, v := range values {
		pairs = append(pairs, v, relay.Mask)
	}
	r := redactor{r: strings.NewReplacer(pairs...), values: values}
	if len(values) > 0 {
		r.longest = len(values[0])
	}
	return r
}

// addHeader adds what may be secret in the value of an extra header: the credentials of one that carries them, and
// any other value that is one word. Media types and addresses are not secret.
func addHeader(name, value string, add func(string)) {
	if !carriesSecret(name) {
		if !strings.ContainsAny(value, " \t/") {
			add(value)
		}
		return
	}
	add(value)
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ';' || r == ',' }) {
		add(part) // Bearer TOKEN
		if _, v, ok := strings.Cut(part, "="); ok {
			add(v) // session=TOKEN
		}
	}
}

// carriesSecret reports whether a header field is masked whatever its value: it carries a key, a token or a cookie.
func carriesSecret(name string) bool {
	name = strings.ToLower(name)
	if name == "api-key" || strings.HasSuffix(name, "-api-key") || strings.HasSuffix(name, "apikey") {
		return true
	}
	return slices.Contains([]string{"authorization", "proxy-authorization", "x-authorization", "cookie", "set-cookie",
		"x-auth-token", "x-access-token", "x-amz-security-token"}, name)
}

// text returns s without secrets.
func (r redactor) text(s string) string { return r.r.Replace(s) }

// name returns a name that a relay chose, such as an id, without secrets and short.
func (r redactor) name(s string) string { return wire.Name(r.text(s)) }

// head returns the first limit bytes of b, cleaned of secrets by clean: body or answer. It may return b itself,
// which must not be changed later. whole is false if b was already cut: its end may then hold part of a secret, so
// as many bytes as the longest secret has are dropped there.
func (r redactor) head(b []byte, limit int, whole bool, clean func([]byte) []byte) (kept []byte, cut bool) {
	if len(b) > limit+r.longest {
		b, whole = b[:limit+r.longest], false
	}
	b = clean(b)
	if !whole {
		b = b[:max(len(b)-r.longest, 0)]
	}
	if len(b) > limit {
		b, whole = b[:limit], false
	}
	if !whole {
		b = bytes.Clone(b) // so that the rest can be freed
	}
	return b, !whole
}
