package openai

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"relaytop/relay"
)

// bare takes the URL off an error of net/http: it may hold secrets, and the endpoint's name says as much.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// broke classifies an error of the connection, before or within the answer.
func (a *attempt) broke(err error) *relay.Error {
	if e := a.stopped(); e != nil {
		return e
	}
	e := &relay.Error{Class: relay.ClassNetwork, Status: a.answer.reply.HTTP, Message: oneLine(withoutSource(err.Error())), Cause: err}
	var (
		dns    *net.DNSError
		verify *tls.CertificateVerificationError
		record tls.RecordHeaderError
		op     *net.OpError
	)
	no := false
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Message, e.Retry = "no such host: "+oneLine(dns.Name), &no
	case errors.As(err, &verify):
		e.Message, e.Retry = "the certificate does not verify: "+oneLine(verify.Err.Error()), &no
		e.Hint = certificateHint(verify.Err)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		e.Class, e.Message = relay.ClassProtocol, "the server does not speak TLS at this port: is base_url meant to be http?"
	case strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`): // a TLS alert
		e.Class, e.Message = relay.ClassProtocol, "the server speaks TLS at this port: is base_url meant to be https?"
	case e.Status == 0 && isFraming(err) && a.stamps != nil && a.stamps.cut():
		e.Message = "the connection was closed within the headers"
	case strings.Contains(err.Error(), "net/http: invalid header field"):
		e.Class, e.Message = relay.ClassInvalid, "the request can't be made: "+e.Message
	case strings.Contains(err.Error(), "failed to parse Location header"):
		e.Class, e.Message = relay.ClassProtocol, "a redirect to a place that can't be read"
	case errors.Is(err, errPacking), isFraming(err):
		e.Class, e.Message = relay.ClassProtocol, "wrong framing: "+oneLine(strings.TrimPrefix(err.Error(), "net/http: HTTP/1.x transport connection broken: "))
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		e.Message = "no connection within " + connectTime.String()
	case errors.Is(err, io.ErrUnexpectedEOF) && e.Status != 0:
		e.Class, e.Message = relay.ClassTruncated, "the connection ended within the answer"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the connection was closed before an answer"
	}
	if via := a.c.proxy(); via != "" && e.Class == relay.ClassNetwork {
		e.Message = "through the proxy " + via + " of the environment: " + e.Message
		e.Hint = proxyHint
	}
	return e
}

// isFraming tells an answer that is no HTTP from a connection that broke. net/http has types for few of these.
func isFraming(err error) bool {
	var proto textproto.ProtocolError
	if errors.As(err, &proto) {
		return true
	}
	for _, words := range []string{"malformed", "invalid byte in chunk length", "chunked encoding", "message cannot contain multiple", "bad Content-Length",
		"unsupported transfer encoding", "too many transfer encodings", "server response headers exceeded", "http chunk length too large"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// withoutSource takes our own end of a connection out of a message: its port says nothing and is another each time.
func withoutSource(s string) string {
	at := strings.Index(s, "->")
	if at < 0 {
		return s
	}
	return s[:strings.LastIndexByte(s[:at], ' ')+1] + s[at+2:]
}

const proxyHint = "HTTPS_PROXY or HTTP_PROXY is set: mend it, or name the relay's host in NO_PROXY"

// proxy is the proxy that the environment puts before the relay, without what may be secret in it; "" if there is none.
func (c *Client) proxy() string {
	tr, ok := c.http.Transport.(*http.Transport)
	if !ok || tr.Proxy == nil {
		return ""
	}
	u, err := tr.Proxy(&http.Request{URL: c.base})
	if err != nil {
		return "(" + oneLine(c.hide.text(bare(err).Error())) + ")"
	}
	if u == nil {
		return ""
	}
	return u.Host
}

// certificateHint says what can be done about a certificate, by what is wrong with it.
func certificateHint(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the relay's operator has to renew it (or this machine's clock is off)"
	case errors.As(err, &host):
		return "it is another host's: check the host in the base URL"
	case errors.As(err, &authority):
		return "it is signed by nobody this machine knows: if it is your own, name its CA in ca_file of the endpoint in config.toml"
	}
	return ""
}

// redirected is the refusal to follow a redirect with a key.
func redirected(resp *http.Response) *relay.Error {
	e := &relay.Error{Class: relay.ClassProtocol, Status: resp.StatusCode, Message: "a redirect without a target"}
	switch to, err := resp.Location(); {
	case err == nil && resp.Request != nil && to.String() == resp.Request.URL.String():
		e.Message = "redirected to where it already was: not followed with a key; the relay is set up in a circle"
	case err == nil:
		e.Message = "redirected to " + oneLine(shown(to)) + ": not followed with a key; if that is the right place, set base_url to it"
	}
	return e
}
