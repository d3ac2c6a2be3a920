package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"relaytop/relay"
)

// plain asks for single responses, of which only status, headers and certificate are looked at.
type plain struct {
	e       relay.Endpoint
	base    *url.URL
	version string
	http    *http.Client
}

func newPlain(e relay.Endpoint, version string) (*plain, error) {
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
	tr := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: conf, TLSHandshakeTimeout: 10 * time.Second, Protocols: only, DisableCompression: true,
		DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the key stays at its host
	return &plain{e: e, base: base, version: version, http: &http.Client{Transport: tr, CheckRedirect: stay}}, nil
}

func (p *plain) close() { p.http.CloseIdleConnections() }

func (p *plain) request(ctx context.Context, method, path, query string, keyed bool) (*http.Request, error) {
	u := p.base.JoinPath(path)
	u.RawQuery = strings.Trim(p.base.RawQuery+"&"+query, "&")
	if !keyed {
		u.User, u.RawQuery = nil, query
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "relaytop/"+p.version)
	if !keyed {
		return req, nil
	}
	if key := p.e.Key.Reveal(); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	for k, v := range p.e.Headers {
		if strings.EqualFold(k, "Host") {
			req.Host = v
			continue
		}
		req.Header.Set(k, v)
	}
	return req, nil
}

// get makes one GET. The response's body is closed; errors are without the URL, which may hold secrets.
func (p *plain) get(ctx context.Context, path, query string, keyed bool) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	req, err := p.request(ctx, http.MethodGet, path, query, keyed)
	if err != nil {
		return nil, bare(err)
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return nil, bare(err)
	}
	resp.Body.Close()
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
	return err
}

// reach is whether the relay can be reached at all.
type reach struct {
	dns, tls relay.Check
	err      error
	status   int           // of GET /models
	skew     time.Duration // its clock against ours
	date     bool          // it sent one
}

// lookAround resolves the name and makes a first connection.
func (p *probe) lookAround(ctx context.Context) reach {
	host := p.http.base.Hostname()
	proxy := p.proxy(ctx)
	var r reach
	if r.dns, r.err = resolve(ctx, host, proxy); r.err != nil {
		r.tls = relay.Unknown(TLS, "not reached", "")
		return r
	}
	before := time.Now()
	resp, err := p.http.get(ctx, "models", "", true)
	r.tls, r.err = p.secure(resp, err), err
	if err != nil {
		return r
	}
	r.status = resp.StatusCode
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		// The header counts whole seconds: it means their middle.
		r.skew, r.date = at.Add(500*time.Millisecond).Sub(before.Add(time.Since(before)/2)), true
	}
	return r
}

// proxy is the proxy's host that the environment names for the relay, or "".
func (p *probe) proxy(ctx context.Context) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.http.base.String(), nil)
	if err != nil {
		return ""
	}
	if u, err := http.ProxyFromEnvironment(req); err == nil && u != nil {
		return u.Host
	}
	return ""
}

func resolve(ctx context.Context, host, proxy string) (relay.Check, error) {
	switch {
	case net.ParseIP(host) != nil:
		return relay.Passed(DNS, host+" is an address: nothing to look up"), nil
	case proxy != "":
		return relay.Unknown(DNS, "the proxy "+proxy+" looks it up", ""), nil
	}
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	began := time.Now()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil {
		why := "it can't be looked up: " + err.Error()
		var d *net.DNSError
		if errors.As(err, &d) && d.IsNotFound {
			why = "no such host: " + host
		}
		return relay.Failing(DNS, why, "check the host in the base URL, and the network"), err
	}
	return relay.Passed(DNS, fmt.Sprintf("%s is %s (%s)", host, strings.Join(found[:min(len(found), 3)], ", "), time.Since(began).Round(time.Millisecond))), nil
}

// secure judges the connection.
func (p *probe) secure(resp *http.Response, err error) relay.Check {
	switch {
	case err != nil && certificateError(err):
		return relay.Failing(TLS, "the certificate does not hold: "+err.Error(), "check the host, or this machine's clock; a relay with a CA of its own needs ca_file in its [[endpoints]] entry")
	case err != nil:
		return relay.Failing(TLS, "no connection: "+err.Error(), "check the base URL's host and port, that the relay runs, and the network or proxy")
	case resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0:
		if ip := net.ParseIP(p.http.base.Hostname()); ip != nil && ip.IsLoopback() || strings.HasSuffix(p.http.base.Hostname(), "localhost") {
			return relay.Unknown(TLS, "not used: http on this machine", "")
		}
		return relay.Failing(TLS, "not used: the key and every prompt travel in the open", "use https, unless the network is yours")
	}
	cert := resp.TLS.PeerCertificates[0]
	left := time.Until(cert.NotAfter)
	detail := fmt.Sprintf("%s, certificate by %s until %s", tls.VersionName(resp.TLS.Version), issuer(cert), cert.NotAfter.Format(time.DateOnly))
	if left < 7*24*time.Hour {
		return relay.Check{Name: TLS, OK: relay.Passed("", "").OK, Detail: detail + ": it ends soon", Fix: "tell the relay's operator"}
	}
	return relay.Passed(TLS, detail)
}

func issuer(c *x509.Certificate) string {
	if len(c.Issuer.Organization) > 0 {
		return c.Issuer.Organization[0]
	}
	return c.Issuer.CommonName
}

func certificateError(err error) bool {
	var v *tls.CertificateVerificationError
	return errors.As(err, &v)
}

// clock compares the relay's clock with ours: waits that it names as a date depend on both.
func (p *probe) clock() relay.Check {
	off := p.reach.skew.Abs().Round(time.Second)
	word := "behind"
	if p.reach.skew < 0 {
		word = "ahead"
	}
	switch {
	case !p.reach.date:
		return relay.Unknown(Clock, "the relay sends no Date", "")
	case off > 30*time.Second:
		return relay.Failing(Clock, fmt.Sprintf("this machine is %s %s of the relay", off, word), "set the clock (NTP): waits that the relay names as a date come out wrong")
	case off <= 2*time.Second:
		return relay.Passed(Clock, "as the relay's, within 2 s")
	}
	return relay.Passed(Clock, fmt.Sprintf("%s %s of the relay's", off, word))
}
