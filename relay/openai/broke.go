package openai

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
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
	e := &relay.Error{Class: relay.ClassNetwork, Status: a.answer.reply.HTTP, Message: oneLine(err.Error()), Cause: err}
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
	case strings.Contains(err.Error(), "malformed"), strings.Contains(err.Error(), "invalid byte in chunk length"),
		strings.Contains(err.Error(), "chunked encoding"), strings.Contains(err.Error(), "message cannot contain multiple"):
		e.Class, e.Message = relay.ClassProtocol, "wrong framing: "+oneLine(err.Error())
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		e.Message = "no connection within " + connectTime.String()
	case errors.Is(err, io.ErrUnexpectedEOF) && a.answer.reply.HTTP != 0:
		e.Class, e.Message = relay.ClassTruncated, "the connection ended within the answer"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.Message = "the connection was closed before an answer"
	}
	return e
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
	if to, err := resp.Location(); err == nil {
		e.Message = "redirected to " + oneLine(shown(to)) + ": not followed with a key; if that is the right place, set base_url to it"
	}
	return e
}
