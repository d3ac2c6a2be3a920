// Package openai makes one round trip to an OpenAI-compatible relay: a call goes in, events come out while the answer
// streams, and a Reply ends it. The package wire encodes what is sent and decodes what comes back.
//
// Rules:
//
//   - One Send is one attempt. It neither waits for a retry nor asks another model: that is decided above. The one
//     exception is a parameter that the relay refuses by name: the same request is sent once more without it, and
//     the endpoint's quirk is remembered.
//   - Only a finish_reason that nothing follows proves that an answer is complete. What came before a break is kept and
//     marked.
//   - JSON and event streams are recognised by their bytes, not by the request or the content type.
//   - Times are taken on the byte read, before anything is parsed.
//   - Memory and time are bounded, whatever the relay sends. Cancelling closes the connection at once.
//   - No lock is held while the Store is read or written: a slow disk never holds back another request.
//   - Errors, headers, ids, model names and what is kept for inspection hold no secret. The text of an answer
//     keeps every letter, whatever the key is.
package openai

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"relaytop/relay"
)

// Options are the settings of a Client that are not in its Endpoint.
type Options struct {
	Version string        // for the User-Agent; "" is "dev"
	Store   relay.Store   // keeps quirks and model lists; may be nil
	MaxIdle int           // idle connections kept; at least 20
	Settle  time.Duration // how long usage may come after the finish_reason; zero: 2 s
}

// Client sends to one endpoint. It may be used by any number of goroutines.
type Client struct {
	endpoint relay.Endpoint
	base     *url.URL
	http     *http.Client
	version  string
	store    relay.Store
	quirks   *quirkMemory
	models   modelCache
	hide     redactor
	silence  time.Duration
	settle   time.Duration
	inFlight atomic.Int32
	buffers  buffers

	maxStream, maxPlain int64 // largest answer in bytes after decompression: streamed, and plain
}

// defaultSilence is how long no token may come, if the endpoint sets no other time.
const defaultSilence = 120 * time.Second

// New makes a Client. It corrects the endpoint's URL, or fails with the corrected value in the error. It opens no
// connection.
func New(e relay.Endpoint, opt Options) (*Client, error) {
	clean, err := CleanURL(e.BaseURL, e.AllowHTTP)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: base_url %w", e.Name, err)
	}
	e.BaseURL = clean
	base, err := url.Parse(clean)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: base_url is not a URL", e.Name)
	}
	tr, err := newTransport(e, max(opt.MaxIdle, e.Concurrency, 20), dialer())
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", e.Name, err)
	}
	c := &Client{
		endpoint: e, base: base, http: &http.Client{Transport: tr, CheckRedirect: noRedirect}, version: opt.Version,
		store: opt.Store, quirks: newQuirkMemory(opt.Store, e.Name+" "+withoutSecrets(base)), hide: newRedactor(e),
		silence: e.Timeout, settle: opt.Settle, maxStream: maxStream, maxPlain: maxPlain,
	}
	if c.version == "" {
		c.version = "dev"
	}
	if c.silence <= 0 {
		c.silence = defaultSilence
	}
	if c.settle <= 0 {
		c.settle = 2 * time.Second
	}
	return c, nil
}

// Close drops the idle connections. Requests in flight go on; cancel them by their context.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// url returns the URL of a path below the base URL, with a query in addition to that of the base URL.
func (c *Client) url(path string, query url.Values) string {
	u := c.base.JoinPath(strings.TrimLeft(path, "/"))
	u.RawQuery = c.base.RawQuery
	if len(query) > 0 {
		u.RawQuery = strings.Trim(u.RawQuery+"&"+query.Encode(), "&")
	}
	return u.String()
}

// SetHeaders sets the headers that every request to an endpoint has: the user agent, the key, and the endpoint's
// own headers, which come last and replace the others.
func SetHeaders(r *http.Request, e relay.Endpoint, version string) {
	r.Header.Set("User-Agent", "relaytop/"+version)
	if key := e.Key.Reveal(); key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for k, v := range e.Headers {
		if strings.EqualFold(k, "Host") {
			r.Host = v
			continue
		}
		r.Header.Set(k, v)
	}
}
