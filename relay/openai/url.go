package openai

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"relaytop/relay"
)

const example = "write a URL such as https://api.example.com/v1"

// CleanURL corrects a base URL: blanks and one pair of quotes around it, slashes at its end, a path copied with
// /chat/completions, a bare host without /v1, an address that only a server uses (0.0.0.0). Any other path stays; a
// server with its API at the root is written with a dot as its path: http://localhost:8080/. A URL that is
// ambiguous is refused, and the error names the value that was probably meant. Plain http is for loopback only,
// unless allowHTTP: the key would be sent in the clear. An error says what is wrong with the URL, for the caller to
// put its name in front, as in "base_url has no scheme". It holds no secrets.
func CleanURL(raw string, allowHTTP bool) (string, error) {
	s := strings.TrimSpace(raw)
	if n := len(s) - 1; n > 0 && s[0] == s[n] && strings.ContainsRune("\"'`", rune(s[0])) {
		s = strings.TrimSpace(s[1:n])
	}
	if s == "" {
		return "", errors.New("is empty: " + example)
	}
	if !strings.Contains(s, "://") {
		return "", fmt.Errorf("has no scheme: %s", guess(s))
	}
	u, err := url.Parse(s) // its error is dropped: it may quote a password
	if err != nil && strings.Contains(err.Error(), "invalid port") || err == nil && !goodPort(u) {
		return "",
			errors.New("has a port that is not a number from 1 to 65535: write a URL such as " +
				"https://api.example.com:8443/v1")
	}
	if err != nil {
		return "", errors.New("is not a URL: " + example)
	}
	dialable(u)
	switch {
	case u.Hostname() == "":
		return "", errors.New("names no host: " + example)
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("has the scheme %.20q, but only https and http can be used: %s", u.Scheme, suggest(u))
	case u.User != nil:
		return "", fmt.Errorf("holds a user or a password, which are not sent: "+
			"%s, and put what the relay wants into api_key or headers", suggest(u))
	case u.Fragment != "" || u.RawFragment != "":
		return "", fmt.Errorf("has a fragment (#...): %s", suggest(u))
	case u.Scheme == "http" && !allowHTTP && !relay.IsLoopback(u.Hostname()):
		return "", fmt.Errorf("would send everything in the clear: "+
			"%s, or set allow_http = true for it in config.toml (in its [[endpoints]], or at the top)", suggest(u))
	}
	return tidy(u).String(), nil
}

// dialable replaces an address that a server listens at, 0.0.0.0 or [::], by the one that it is reached at.
func dialable(u *url.URL) {
	ip := net.ParseIP(u.Hostname())
	if ip == nil || !ip.IsUnspecified() {
		return
	}
	host := "127.0.0.1"
	if ip.To4() == nil {
		host = "[::1]"
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
}

// goodPort reports whether a URL has no port, or a valid one.
func goodPort(u *url.URL) bool {
	if u.Port() == "" {
		return true
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

// guess suggests a value for a text without ://.
func guess(s string) string {
	for _, scheme := range []string{"http:", "https:"} {
		if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) && strings.Trim(s[len(scheme):], "/:") != "" {
			s = s[len(scheme):]
			break
		}
	}
	u, err := url.Parse("https://" + strings.TrimLeft(s, "/:"))
	if err != nil || u.Hostname() == "" {
		return example
	}
	return suggest(u)
}

// suggest names the corrected value of a URL.
func suggest(u *url.URL) string {
	v := *u
	v.Scheme, v.User, v.RawQuery, v.ForceQuery, v.Fragment, v.RawFragment = "https", nil, "", false, "", ""
	dialable(&v)
	if relay.IsLoopback(v.Hostname()) {
		v.Scheme = "http"
	}
	clean, err := CleanURL(v.String(), false)
	if err != nil {
		return example
	}
	return fmt.Sprintf("write %q", clean)
}

// tidy corrects the path and drops the fragment. The path "/." stays: it means the root.
func tidy(u *url.URL) *url.URL {
	v := *u
	v.Fragment, v.RawFragment = "", ""
	path := strings.TrimRight(v.EscapedPath(), "/ ")
	for _, tail := range []string{"/chat/completions", "/completions", "/models"} {
		path = strings.TrimRight(strings.TrimSuffix(path, tail), "/")
	}
	if path == "" {
		path = "/v1"
	}
	v.Path, v.RawPath = path, ""
	if plain, err := url.PathUnescape(path); err == nil && plain != path {
		v.Path, v.RawPath = plain, path
	}
	return &v
}

// withoutSecrets returns a URL without user info and query.
func withoutSecrets(u *url.URL) string {
	v := *u
	v.User, v.RawQuery, v.ForceQuery = nil, "", false
	return v.String()
}
