package openai

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"sort"
	"strings"

	"relaytop/relay"
)

// redactor removes secrets from texts by their value: the key, the extra headers, the user info and the query of
// the URL, each also in the escaped forms of URLs and JSON.
type redactor struct {
	r       *strings.Replacer
	values  []string
	longest int
}

// shortest is the length in bytes of the shortest value that counts as a secret: masking every "1" would hide the
// message.
const shortest = 6

func newRedactor(e relay.Endpoint) redactor {
	var values []string
	add := func(s string) {
		if len(s) < shortest {
			return
		}
		values = append(values, s, url.QueryEscape(s))
		if quoted, err := json.Marshal(s); err == nil {
			values = append(values, strings.Trim(string(quoted), `"`))
		}
	}
	add(e.Key.Reveal())
	for _, v := range e.Headers {
		add(v)
		if _, token, ok := strings.Cut(v, " "); ok { // Bearer TOKEN
			add(token)
		}
	}
	if u, err := url.Parse(e.BaseURL); err == nil {
		if u.User != nil {
			add(u.User.Username())
			pass, _ := u.User.Password()
			add(pass)
			add(u.User.String())
		}
		add(u.RawQuery)
		for _, vs := range u.Query() {
			for _, v := range vs {
				add(v)
			}
		}
	}
	sort.Slice(values, func(i, j int) bool { return len(values[i]) > len(values[j]) }) // a secret before its parts
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

// text returns s without secrets.
func (r redactor) text(s string) string { return r.r.Replace(s) }

// head returns the first limit bytes of b without secrets. It may return b itself, which must not be changed later.
// whole is false if b was already cut: its end may then hold part of a secret, so as many bytes as the longest
// secret has are dropped there.
func (r redactor) head(b []byte, limit int, whole bool) (kept []byte, cut bool) {
	if len(b) > limit+r.longest {
		b, whole = b[:limit+r.longest], false
	}
	if slices.ContainsFunc(r.values, func(v string) bool { return bytes.Contains(b, []byte(v)) }) {
		b = r.body(b)
	}
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

// body returns b without secrets. It is called before any cut, so that part of a key never gets out.
func (r redactor) body(b []byte) []byte { return []byte(r.r.Replace(string(b))) }
