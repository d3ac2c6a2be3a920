package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"relaytop/relay"
)

// explain describes an error of the connection, and what can be done about it.
func explain(err error, e relay.Endpoint) (detail, fix string) {
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case certificateError(err):
		return certificate(err)
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		if e.AllowHTTP || relay.IsLoopback(hostOf(e)) {
			return "the port does not speak TLS", "write http:// in the base URL"
		}
		return "the port does not speak TLS",
			"check the port; if the relay has no TLS and the network is yours: http:// in the base URL, and allow_http = true"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed at once",
			"check the port and the scheme of the base URL (http or https), and the proxy"
	case errors.As(err, &op) && op.Timeout():
		return "no connection within " + connectTime.String(),
			"check the base URL's host and port, and the network, firewall or proxy"
	}
	return "no connection: " + err.Error(),
		"check the base URL's host and port, that the relay runs, and the network or proxy"
}

// hostOf returns the host of an endpoint's base URL.
func hostOf(e relay.Endpoint) string {
	u, err := url.Parse(e.BaseURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func certificateError(err error) bool {
	var v *tls.CertificateVerificationError
	return errors.As(err, &v)
}

// certificate says why a certificate is not valid, and who can correct it.
func certificate(err error) (detail, fix string) {
	var (
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		host    x509.HostnameError
	)
	const own = "if you trust it: save it to a file in PEM form, and name that as ca_file in the relay's " +
		"[[endpoints]] entry"
	switch {
	case errors.As(err, &host):
		return "the certificate is not valid: " + host.Error(),
			"use the host that the certificate is for in the base URL"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		if early := time.Until(invalid.Cert.NotBefore); early > 0 {
			return "the certificate is not valid before " + invalid.Cert.NotBefore.Format(time.DateTime),
				"check this machine's clock; if it is right, tell the relay's operator"
		}
		return "the certificate expired on " + invalid.Cert.NotAfter.Format(time.DateOnly),
			"the relay's operator must renew it; only if this machine's clock is wrong, set that"
	case errors.As(err, &unknown) && unknown.Cert != nil && unknown.Cert.Issuer.String() == unknown.Cert.Subject.String():
		return "the certificate is not valid: it is self-signed", own
	case errors.As(err, &unknown):
		return "the certificate is not valid: this machine does not trust who signed it",
			strings.Replace(own, "it:", "the CA that signed it:", 1)
	}
	return "the certificate is not valid: " + err.Error(),
		"a relay with its own CA needs ca_file in its [[endpoints]] entry; else tell its operator"
}

// advice says what to do about a request that failed. Unlike that of relay.Error it does not name doctor, which
// shows it.
func advice(e *relay.Error) string {
	message := strings.ToLower(e.Message)
	switch {
	case e.Cause != nil && certificateError(e.Cause):
		_, fix := certificate(e.Cause)
		return fix
	case e.Class == relay.ClassAuth:
		return "check that the key is complete and belongs to this relay, and that it may use this model"
	case e.Waits && e.RetryAfter > 0:
		return "the relay asks to wait " + relay.Seconds(e.RetryAfter) + ": try again then"
	case e.Class == relay.ClassRateLimit:
		return "the relay, or the provider behind it, limits requests: try again in a minute"
	case e.Class == relay.ClassInvalid && strings.Contains(message, "stream") &&
		!strings.Contains(message, "stream_options"):
		return "relaytop asks for streams, and this model has none at this relay: choose another one with -m or DEFAULT_MODEL"
	case e.Class == relay.ClassTimeout:
		return "try again; if it happens again, the relay or the provider behind it is slow or stuck: tell its operator"
	case e.Class == relay.ClassTruncated:
		return "try again; if it happens again, the relay or something in front of it cuts streams: tell its operator"
	case relay.NoPath(e.Status) && e.Class != relay.ClassUnknownModel:
		return "check the path of the base URL: there is no /chat/completions below it"
	}
	return e.Advice()
}
