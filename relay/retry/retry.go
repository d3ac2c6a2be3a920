// Package retry decides whether, when and how often a failed attempt is repeated. It is pure: it never sleeps and
// reads no clock. Chance and time are arguments. Rules:
//
//   - Nothing is retried once the user has seen a token of the answer: two answers are never joined.
//   - A wait that the relay asks for is kept in full, or there is no retry: it is never shortened.
//   - Retries of all requests share one Budget, so that they can't overload a broken relay.
package retry

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"time"

	"relaytop/relay"
)

// Policy bounds the retries of one request. Start from Default: a field of 0 is 0, not its default.
type Policy struct {
	Attempts int           // round trips in all at one model, the first included
	Base     time.Duration // first backoff; doubles with each retry. 0 retries at once
	Cap      time.Duration // longest backoff
	MaxWait  time.Duration // longest wait that a relay may ask for and get; 0: no wait is kept
	ChatWait time.Duration // longest wait of a chat that has a fallback
	MaxHold  time.Duration // longest wait that a relay may ask for and that rows of a batch wait for
}

// Default is 3 attempts, 500 ms doubling to 30 s, at most 60 s asked for, 5 s for a chat with a fallback, an hour for
// the rows of a batch. The configuration has its own defaults for Attempts, Base and MaxWait.
func Default() Policy {
	return Policy{Attempts: 3, Base: 500 * time.Millisecond, Cap: 30 * time.Second, MaxWait: time.Minute,
		ChatWait: 5 * time.Second, MaxHold: time.Hour}
}

// Retryable reports whether the same request may succeed if it is sent again. visible says that a token was shown
// already.
func Retryable(err *relay.Error, visible bool) bool {
	if err == nil || visible || err.Class == relay.ClassCancelled {
		return false
	}
	if err.Retry != nil {
		return *err.Retry
	}
	return err.Class.Traits().Retry && !hopeless(err)
}

// hopeless reports whether a network error can't be fixed by a retry: an unknown host name, or a certificate that
// does not verify.
func hopeless(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return true
	}
	var verify *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verify) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

// FallsBack reports whether another model may answer what this one could not. larger says that the next model is
// known to have a larger context window.
func FallsBack(err *relay.Error, larger bool) bool {
	if err == nil {
		return false
	}
	switch err.Class.Traits().Fallback {
	case relay.AnyModel:
		return true
	case relay.LargerModel:
		return larger
	case relay.NoModel:
	}
	return false
}
