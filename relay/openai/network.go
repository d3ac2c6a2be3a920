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
	"relaytop/relay/openai/wire"
)

// bare removes the URL from an error of net/http: it may hold secrets, and the endpoint is named anyway.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// networkError classifies an error of the connection, before or within the answer.
func (a *attempt) networkError(err error) *relay.Error {
	if e := a.stopped(); e != nil {
		if e.Class == relay.ClassTimeout && e.Status == 0 {
			a.nameProxy(e)
		}
		return e
	}
	e := &relay.Error{Class: relay.ClassNetwork, Status: a.answer.reply.HTTP, Cause: err,
		Message: wire.OneLine(withoutSource(err.Error()))}
	if !explainHost(e, err) {
		a.explainAnswer(e, err)
	}
	if e.Class == relay.ClassNetwork {
		a.nameProxy(e)
	}
	return e
}

// nameProxy adds to an error through which proxy the relay was asked, if there is one.
func (a *attempt) nameProxy(e *relay.Error) {
	if via := a.c.proxy(); via != "" {
		e.Message = "through the proxy " + via + " of the environment: " + e.Message
		e.Hint = proxyHint
	}
}

// explainHost completes the errors of finding and trusting the host. It reports whether err is one: a retry would
// not help.
func explainHost(e *relay.Error, err error) bool {
	var dns *net.DNSError
	var verify *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Message = "no such host: " + wire.OneLine(dns.Name)
	case errors.As(err, &verify):
		e.Message = "the certificate does not verify: " + wire.OneLine(verify.Err.Error())
		e.Hint = certificateHint(verify.Err)
	case errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"): // an alert of either side
		e.Message = "TLS failed: " + wire.OneLine(err.Error())
		e.Hint = alertHint(err.Error())
	case strings.HasPrefix(err.Error(), "tls: ") && !errors.As(err, new(tls.RecordHeaderError)):
		e.Message = "TLS failed: " + wire.OneLine(err.Error())
		e.Hint = alertHint(err.Error())
	default:
		return false
	}
	no := false
	e.Retry = &no
	return true
}

// explainAnswer completes the errors of a host that was found. net/http has types for few of them, so most are
// recognised by their text.
func (a *attempt) explainAnswer(e *relay.Error, err error) {
	var record tls.RecordHeaderError
	var op *net.OpError
	text := err.Error()
	switch {
	case errors.As(err, &record), strings.Contains(text, "server gave HTTP response to HTTPS client"):
		e.Class, e.Message = relay.ClassProtocol, "the server does not speak TLS at this port: is base_url meant to be http?"
	case strings.Contains(text, `malformed HTTP response "\x15\x03`): // a TLS alert
		e.Class, e.Message = relay.ClassProtocol, "the server speaks TLS at this port: is base_url meant to be https?"
	case e.Status == 0 && isFraming(err) && a.stamps != nil && a.stamps.cutOff() && !isForeign(text):
		e.Message = "the connection was closed within the headers"
	case strings.Contains(text, "net/http: invalid header field"):
		e.Class, e.Message = relay.ClassInvalid, "the request can't be made: "+e.Message
	case strings.Contains(text, "failed to parse Location header"):
		e.Class, e.Message = relay.ClassProtocol, "a redirect to an invalid URL"
	case errors.Is(err, errEncoding), isFraming(err):
		text = strings.TrimPrefix(text, "net/http: HTTP/1.x transport connection broken: ")
		e.Class, e.Message = relay.ClassProtocol, "wrong framing: "+wire.OneLine(text)
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		e.Message = "no connection within " + connectTime.String()
	case errors.Is(err, io.ErrUnexpectedEOF) && e.Status != 0:
		e.Class, e.Message = relay.ClassTruncated, "the connection ended within the answer"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the connection was closed before an answer"
	}
}

// isFraming reports whether an error is about an answer that is not HTTP, rather than about a broken connection.
func isFraming(err error) bool {
	var proto textproto.ProtocolError
	if errors.As(err, &proto) {
		return true
	}
	for _, words := range []string{"malformed", "invalid byte in chunk length", "chunked encoding",
		"message cannot contain multiple",
		"bad Content-Length", "unsupported transfer encoding", "too many transfer encodings",
		"server response headers exceeded",
		"http chunk length too large"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// isForeign reports whether what net/http calls malformed does not even begin as HTTP/1 does.
func isForeign(text string) bool {
	const begins = "HTTP/1."
	_, line, ok := strings.Cut(text, `malformed HTTP response "`)
	line = strings.TrimSuffix(line, `"`)
	k := min(len(line), len(begins))
	return ok && line[:k] != begins[:k]
}

// withoutSource removes our own address from a message: its port means nothing and differs each time.
func withoutSource(s string) string {
	at := strings.Index(s, "->")
	if at < 0 {
		return s
	}
	return s[:strings.LastIndexByte(s[:at], ' ')+1] + s[at+2:]
}

const proxyHint = "HTTPS_PROXY or HTTP_PROXY is set: correct it, or name the relay's host in NO_PROXY"

// proxy returns the host of the proxy that the environment sets for the relay, without user info; "": there is none.
func (c *Client) proxy() string {
	tr, ok := c.http.Transport.(*http.Transport)
	if !ok || tr.Proxy == nil {
		return ""
	}
	u, err := tr.Proxy(&http.Request{URL: c.base})
	if err != nil {
		return "(" + wire.OneLine(c.hide.text(bare(err).Error())) + ")"
	}
	if u == nil {
		return ""
	}
	return u.Host
}

// clientCertificateHint says what to do about a server that wants a certificate of the client.
const clientCertificateHint = "the server wants a client certificate, and relaytop sends none: ask its operator for " +
	"an address that takes a key alone, or run a local proxy that adds the certificate"

// alertHint says what can be done where a TLS handshake failed for another reason than the server's certificate.
func alertHint(text string) string {
	switch {
	case strings.Contains(text, "client certificate"), strings.Contains(text, "certificate required"),
		strings.Contains(text, "bad certificate"),
		strings.Contains(text, "unknown certificate"), strings.Contains(text, "unsupported certificate"):
		return clientCertificateHint
	case strings.Contains(text, "protocol version"), strings.Contains(text, "unsupported protocol"):
		return "the server's TLS is older than 1.2: its operator has to update it"
	case strings.Contains(text, "unrecognized name"):
		return "the server does not know this host name: check the host in the base URL"
	}
	return "the server refuses the TLS connection: check the host and the port in the base URL"
}

// certificateHint says what a person can do about a bad certificate.
func certificateHint(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the relay's operator has to renew it (or this machine's clock is off)"
	case errors.As(err, &host):
		return "it belongs to another host: check the host in the base URL"
	case errors.As(err, &authority):
		return "this machine does not know who signed it: if it is your own, name its CA in ca_file of the endpoint in " +
			"config.toml"
	}
	return ""
}
