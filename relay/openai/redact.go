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

// redactor takes secrets out of texts by their value: the key, the extra headers, the user info and the query of the URL, each
// also as URLs and JSON write them.
type redactor struct {
	r       *strings.Replacer
	values  []string
	longest int
}

// shortest is the length from which a value is taken for a secret: blotting out every "1" would hide the message.
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
	sort.Slice(values, func(i, j int) bool { return len(values[i]) > len(values[j]) }) // the whole before its parts
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

func (r redactor) text(s string) string { return r.r.Replace(s) }

// head is the first limit bytes of b without secrets. b itself comes back where nothing is to be done: it must not be changed later. whole
// is false if b was cut off before: a secret may then end behind it, so what is as long as the longest goes too.
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
		b = bytes.Clone(b) // the rest is let go of
	}
	return b, !whole
}

// body redacts before anything is cut off, so that half a key never escapes.
func (r redactor) body(b []byte) []byte { return []byte(r.r.Replace(string(b))) }
