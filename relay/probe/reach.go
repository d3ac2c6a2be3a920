package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"relaytop/relay"
)

// errScheme ends the checks at a port that does not speak the protocol of the base URL.
var errScheme = errors.New("the base URL has the wrong scheme")

// reach is the result of the first connection.
type reach struct {
	dns, tls relay.Check
	connect  relay.Check // no name: there was a connection
	err      error
}

// checkReach resolves the name and makes a first connection.
func (p *probe) checkReach(ctx context.Context) {
	proxy := p.proxy(ctx)
	r := &p.reach
	if r.dns, r.err = resolve(ctx, p.http.base.Hostname(), proxy); r.err != nil {
		r.tls = relay.Unknown(TLS, "not reached", "")
		return
	}
	state, err := p.http.connect(ctx, proxy)
	r.tls, r.err = p.secure(state, err, proxy), err
	switch {
	case err != nil && ctx.Err() != nil:
		r.tls = relay.Unknown(TLS, "stopped", "")
	case unconnected(err):
		r.connect, r.tls = r.tls, relay.Unknown(TLS, "not reached", "")
		if r.connect.Name = Reach; p.http.base.Scheme == "http" {
			r.tls = relay.Inapplicable(TLS, "not used: http")
		}
	}
}

// unconnected reports whether an error came before a byte was sent.
func unconnected(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// proxy returns the host of the proxy that the environment sets for the relay, or "".
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

// resolve looks up the name of the relay.
func resolve(ctx context.Context, host, proxy string) (relay.Check, error) {
	switch {
	case net.ParseIP(host) != nil:
		return relay.Passed(DNS, host+" is an address"), nil
	case proxy != "":
		return relay.Inapplicable(DNS, "the proxy "+proxy+" looks it up"), nil
	}
	within, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	began := time.Now()
	found, err := net.DefaultResolver.LookupHost(within, host)
	switch {
	case err != nil && ctx.Err() != nil:
		return relay.Unknown(DNS, "stopped", ""), err
	case err != nil:
		why := "it can't be looked up: " + err.Error()
		var d *net.DNSError
		if errors.As(err, &d) && d.IsNotFound {
			why = "no such host: " + host
		}
		return relay.Failing(DNS, why, "check the host in the base URL, and the network"), err
	}
	return relay.Passed(DNS, fmt.Sprintf("%s is %s (%s)", host, strings.Join(found[:min(len(found), 3)], ", "),
		time.Since(began).Round(time.Millisecond))), nil
}

// secure judges the connection, and names the URL that requests go to.
func (p *probe) secure(state *tls.ConnectionState, err error, proxy string) relay.Check {
	at := "; requests go to " + p.http.shown()
	switch {
	case err != nil:
		detail, fix := explain(err, p.e)
		return relay.Failing(TLS, detail+at, fix)
	case state == nil && p.http.base.Scheme == "https":
		return relay.Passed(TLS, "through the proxy "+proxy+at)
	case state == nil || len(state.PeerCertificates) == 0:
		if relay.IsLoopback(p.http.base.Hostname()) {
			return relay.Inapplicable(TLS, "not used: http on this machine"+at)
		}
		return relay.Failing(TLS, "not used: the key and every prompt travel in the clear"+at,
			"use https, unless the network is yours")
	}
	cert := state.PeerCertificates[0]
	detail := fmt.Sprintf("%s, certificate by %s until %s", tls.VersionName(state.Version), issuer(cert),
		cert.NotAfter.Format(time.DateOnly))
	if time.Until(cert.NotAfter) < 7*24*time.Hour {
		return relay.Check{Name: TLS, OK: relay.Passed("", "").OK, Detail: detail + ": it expires soon" + at,
			Fix: "tell the relay's operator"}
	}
	return relay.Passed(TLS, detail+at)
}

// issuer names who signed a certificate.
func issuer(c *x509.Certificate) string {
	if len(c.Issuer.Organization) > 0 {
		return c.Issuer.Organization[0]
	}
	return c.Issuer.CommonName
}

// clock compares the relay's clock with ours: a wait that the relay states as a date depends on both.
func (p *probe) clock() relay.Check {
	p.http.mu.Lock()
	skew, date := p.http.skew, p.http.date
	p.http.mu.Unlock()
	off := skew.Abs().Round(time.Second)
	where := "behind"
	if skew < 0 {
		where = "ahead of"
	}
	switch {
	case !date && p.stopped:
		return relay.Unknown(Clock, "stopped", "")
	case !date:
		return relay.Unknown(Clock, "no response had a Date header", "")
	case off > 30*time.Second:
		return relay.Failing(Clock, fmt.Sprintf("this machine's clock is %s %s the relay's", off, where),
			"set the clock (NTP): waits that the relay states as a date are wrong")
	case off <= 2*time.Second:
		return relay.Passed(Clock, "equal to the relay's within 2 s")
	}
	return relay.Passed(Clock, fmt.Sprintf("%s %s the relay's", off, where))
}
