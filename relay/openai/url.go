package openai

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// CleanURL puts a base URL right: blanks around it, slashes at its end, a path copied with /chat/completions, a bare host without
// /v1. A path that somebody chose stays; a server that has its API at the root is written with a dot as its path: http://localhost:8080/. What can't be known is refused, and the error names the value that was probably
// meant. Plain http goes to loopback only, unless allowHTTP: the key would travel in the open. Errors hold no secrets.
func CleanURL(raw string, allowHTTP bool) (string, error) {
	s := strings.TrimSpace(raw)
	if s == "" {
		return "", errors.New("base_url is empty: write a URL such as https://api.example.com/v1")
	}
	if !strings.Contains(s, "://") {
		probe, err := url.Parse("https://" + strings.TrimLeft(s, "/:"))
		if err != nil || probe.Host == "" {
			return "", errors.New("base_url is not a URL: write one such as https://api.example.com/v1")
		}
		if loopback(probe.Hostname()) {
			probe.Scheme = "http"
		}
		return "", fmt.Errorf("base_url has no scheme: write %q", shown(tidy(probe)))
	}
	u, err := url.Parse(s)
	if err != nil {
		var bad *url.Error
		if errors.As(err, &bad) { // without the URL: it may hold secrets
			err = bad.Err
		}
		return "", fmt.Errorf("base_url is not a URL: %w", err)
	}
	switch {
	case u.Hostname() == "":
		return "", errors.New("base_url names no host: write a URL such as https://api.example.com/v1")
	case u.Scheme != "http" && u.Scheme != "https":
		fixed := *u
		fixed.Scheme = "https"
		return "", fmt.Errorf("base_url has the scheme %q: write %q", u.Scheme, shown(tidy(&fixed)))
	}
	u = tidy(u)
	if u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()) {
		fixed := *u
		fixed.Scheme = "https"
		return "", fmt.Errorf("base_url would send everything in the open: write %q, or set allow_http = true", shown(&fixed))
	}
	return u.String(), nil
}

// tidy mends the path and drops the fragment. The path "/." stays: it is the root, and said on purpose.
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

// shown is a URL without what may be secret in it.
func shown(u *url.URL) string {
	v := *u
	v.User, v.RawQuery, v.ForceQuery = nil, "", false
	return v.String()
}

func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
