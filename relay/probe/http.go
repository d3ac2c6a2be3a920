package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// web opens connections and makes single requests, of which only status, headers and certificate matter.
type web struct {
	e       relay.Endpoint
	base    *url.URL
	version string
	conf    *tls.Config
	http    *http.Client

	mu   sync.Mutex
	skew time.Duration // the relay's clock minus ours
	date bool          // it sent one
}

func newWeb(e relay.Endpoint, version string) (*web, error) {
	base, err := url.Parse(e.BaseURL)
	if err != nil {
		return nil, errors.New("the base URL is not a URL")
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.CAFile != "" {
		pem, err := os.ReadFile(e.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the CA file: %w", err)
		}
		if conf.RootCAs, err = x509.SystemCertPool(); err != nil {
			conf.RootCAs = x509.NewCertPool()
		}
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the CA file %s holds no certificate in PEM form", e.CAFile)
		}
	}
	only := new(http.Protocols)
	only.SetHTTP1(true)
	tr := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: conf, TLSHandshakeTimeout: connectTime,
		Protocols: only, DisableCompression: true,
		DialContext: (&net.Dialer{Timeout: connectTime}).DialContext}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key is only for its host
	return &web{e: e, base: base, version: version, conf: conf,
		http: &http.Client{Transport: tr, CheckRedirect: stay}}, nil
}

func (p *web) close() { p.http.CloseIdleConnections() }

// shown returns the base URL without user info and query.
func (p *web) shown() string { return shown(p.base) }

// shown returns a URL without user info and query.
func shown(u *url.URL) string {
	v := *u
	v.User, v.RawQuery, v.ForceQuery = nil, "", false
	return v.String()
}

func (p *web) request(ctx context.Context, base *url.URL, path, query string, keyed bool) (*http.Request, error) {
	u := base.JoinPath(path)
	u.RawQuery = strings.Trim(base.RawQuery+"&"+query, "&")
	if !keyed {
		u.User, u.RawQuery = nil, query
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if !keyed {
		req.Header.Set("User-Agent", "relaytop/"+p.version)
		return req, nil
	}
	openai.SetHeaders(req, p.e, p.version)
	return req, nil
}

// get makes a GET request below the base URL.
func (p *web) get(ctx context.Context, path, query string, keyed bool) (*http.Response, error) {
	return p.getAt(ctx, p.base, path, query, keyed)
}

// getAt makes a GET request below a URL of the relay's host. The response's body is closed. Errors do not hold the
// URL, which may have secrets in it.
func (p *web) getAt(ctx context.Context, base *url.URL, path, query string, keyed bool) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	req, err := p.request(ctx, base, path, query, keyed)
	if err != nil {
		return nil, bare(err)
	}
	before := time.Now()
	resp, err := p.http.Do(req)
	if err != nil {
		return nil, bare(err)
	}
	resp.Body.Close()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		p.mu.Lock()
		// The header counts whole seconds: on average it is half a second late.
		p.skew, p.date = at.Add(500*time.Millisecond).Sub(before.Add(time.Since(before)/2)), true
		p.mu.Unlock()
	}
	return resp, nil
}

func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no response within %s", freeTime)
	}
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped")
	}
	return err
}

// connect opens a connection and closes it. It sends no request. The state is nil without TLS.
func (p *web) connect(ctx context.Context, proxy string) (*tls.ConnectionState, error) {
	if proxy != "" {
		return p.through(ctx)
	}
	return p.dial(ctx, p.base.Scheme == "https")
}

func (p *web) dial(ctx context.Context, secure bool) (*tls.ConnectionState, error) {
	port := cmp.Or(p.base.Port(), map[string]string{"http": "80", "https": "443"}[p.base.Scheme])
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(p.base.Hostname(), port))
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	if !secure {
		return nil, nil
	}
	conf := p.conf.Clone()
	conf.ServerName = p.base.Hostname()
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	state := conn.ConnectionState()
	return &state, nil
}

// through asks for the list of models through the proxy. Only the connection counts, not the answer.
func (p *web) through(ctx context.Context) (*tls.ConnectionState, error) {
	var got atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got.Store(true) }}
	resp, err := p.get(httptrace.WithClientTrace(ctx, trace), "models", "", true)
	switch {
	case err == nil:
		return resp.TLS, nil
	case got.Load():
		return nil, nil
	}
	return nil, err
}

// speaksTLS reports whether the port answers a TLS handshake, even with a refusal.
func (p *web) speaksTLS(ctx context.Context) bool {
	_, err := p.dial(ctx, true)
	return err == nil || certificateError(err) || strings.Contains(err.Error(), "remote error: tls:")
}
