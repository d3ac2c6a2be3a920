package openai

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
	"relaytop/relay/retry"
)

// classify turns a response that is not an answer into an Error: its class, a message of one line, and the wait
// that the relay asks for. It does not know the endpoint's key: the caller removes it from the message.
func classify(status int, header http.Header, body []byte) *relay.Error {
	now := time.Now()
	if status >= 300 { // in a broken stream the Date header is as old as the stream
		now = retry.Clock(header.Get("Date"), now)
	}
	o := wire.ReadError(body)
	if o.Message == "" {
		o.Message = summary(status, header.Get("Content-Type"), body)
	}
	e := &relay.Error{Status: status, Code: o.Code, Message: o.Message}
	effective := status
	if status >= 200 && status < 300 { // the status of an error object inside a 200 is its own code
		effective = o.Status
	}
	daily := false
	e.Class = classOf(effective, o.Codes, o.Message)
	if e.Class == relay.ClassRateLimit && retry.PerDay(body) {
		e.Class, daily = relay.ClassQuota, true
	}
	e.RetryAfter, e.WaitFrom, e.Waits = retry.Wait(header.Get, body, effective, now)
	e.Retry = shouldRetry(header)
	e.Hint = hintOf(e)
	if daily && e.Hint == "" {
		e.Hint = "a limit of the day or month is used up: wait until it is reset, use another model or key, or raise it at " +
			"the relay"
	}
	if !exists(status) { // whatever else the server says, it does not speak HTTP well enough to be asked again
		e.Class, e.Retry = relay.ClassProtocol, nil
		e.Message = strings.TrimSuffix(fmt.Sprintf("HTTP has no status %03d: %s", status, o.Message), ": ")
	}
	return e
}

// withPathHint adds advice to an error about a path that is not there, where the URL of the request is not known.
func withPathHint(e *relay.Error) *relay.Error {
	if e.Hint == "" && e.LacksPath() {
		e.Hint = "this relay has no such path: check the base URL, which usually ends in /v1"
	}
	return e
}

// pathHint is advice about a path that is not there below a base URL. It does not advise what is there already.
func pathHint(base *url.URL) string {
	shown := base.Scheme + "://" + base.Host + base.Path
	if strings.HasSuffix(strings.TrimRight(base.Path, "/"), "/v1") {
		return "there is no such path below " + shown + ": check the base URL, its host and what stands before /v1"
	}
	return "there is no such path below " + shown + ": check the base URL, which usually ends in /v1"
}

// hintOf says what a person can do if the status or the message of an error says more than its class.
func hintOf(e *relay.Error) string {
	low := strings.ToLower(e.Message)
	switch {
	case strings.Contains(low, "max_") && strings.Contains(low, "tokens") && strings.Contains(low, "is too large"):
		return "lower max_tokens, or pick a model with a larger window"
	case strings.Contains(low, "to an https server"), strings.Contains(low, "to https port"):
		return "the server speaks TLS at this port: is base_url meant to be https?"
	case e.Status == 495, e.Status == 496, // nginx
		strings.Contains(low, "certificate") &&
			(strings.Contains(low, "no required") || strings.Contains(low, "client cert")):
		return clientCertificateHint
	case e.Status == http.StatusRequestEntityTooLarge && e.Class == relay.ClassInvalid:
		return "the request is larger than the relay, or a proxy in front of it, accepts: leave out files or earlier turns"
	case e.Status == http.StatusProxyAuthRequired:
		return proxyHint
	}
	return ""
}
