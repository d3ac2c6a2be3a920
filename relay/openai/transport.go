package openai

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"relaytop/relay"
)

// connectTime is the time for the dial, and again for the TLS handshake.
const connectTime = 10 * time.Second

// dialTime is the time for a connection as a whole: the dial, the CONNECT of a proxy, the TLS handshake.
const dialTime = 3 * connectTime

// newTransport returns the transport of one endpoint: HTTP/1.1 only, because an HTTP/2 client blocks at the
// server's limit of streams on its one connection; without compression, because a compressed stream comes in large
// pieces; with enough idle connections that a burst need not dial.
func newTransport(e relay.Endpoint, maxIdle int, dial dialFunc) (*http.Transport, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if e.CAFile != "" {
		pem, err := os.ReadFile(e.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read the CA file: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the CA file %s holds no certificate in PEM form", e.CAFile)
		}
		conf.RootCAs = pool
	}
	only := new(http.Protocols)
	only.SetHTTP1(true)
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           owned(dial),
		DialTLSContext:        owned(handshake(dial, conf)),
		TLSClientConfig:       conf,
		TLSHandshakeTimeout:   connectTime,
		Protocols:             only,
		DisableCompression:    true,
		MaxIdleConns:          maxIdle,
		MaxIdleConnsPerHost:   maxIdle,
		IdleConnTimeout:       90 * time.Second,
		ExpectContinueTimeout: time.Second,
	}, nil
}

// dialFunc opens a connection.
type dialFunc func(ctx context.Context, network, addr string) (net.Conn, error)

func dialer() dialFunc {
	return watched((&net.Dialer{Timeout: connectTime, KeepAlive: 30 * time.Second}).DialContext)
}

// watchedConn remembers that the other side closed it: an answer that net/http calls malformed may only be cut off.
type watchedConn struct {
	net.Conn
	ended atomic.Bool
	whole atomic.Bool // a blank line came: the headers were not cut off
}

func (w *watchedConn) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if bytes.Contains(p[:n], []byte("\r\n\r\n")) || bytes.Contains(p[:n], []byte("\n\n")) {
		w.whole.Store(true)
	}
	if err != nil {
		w.ended.Store(true)
	}
	return n, err
}

func watched(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &watchedConn{Conn: conn}, nil
	}
}

// ownerKey is the context key for the context of the attempt that a connection is opened for.
type ownerKey struct{}

// owned ends a dial when its attempt ends. A Transport goes on dialling for the next request: a cancelled attempt
// would leave a goroutine and a half-open socket behind for up to connectTime.
func owned(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if owner, ok := ctx.Value(ownerKey{}).(context.Context); ok {
			defer context.AfterFunc(owner, cancel)()
		}
		return dial(ctx, network, addr)
	}
}

// handshake dials and does the TLS handshake, each within connectTime. The Transport itself does it through a proxy.
func handshake(dial dialFunc, conf *tls.Config) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		raw, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		own := conf.Clone()
		if own.ServerName, _, err = net.SplitHostPort(addr); err != nil {
			raw.Close()
			return nil, err
		}
		ctx, cancel := context.WithTimeoutCause(ctx, connectTime, errHandshake)
		defer cancel()
		asked := false
		own.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked = true
			return &tls.Certificate{}, nil // none
		}
		conn := tls.Client(raw, own)
		if err := conn.HandshakeContext(ctx); err != nil {
			raw.Close()
			if errors.Is(context.Cause(ctx), errHandshake) {
				err = errHandshake
			} else if asked {
				err = fmt.Errorf("%w (the server asked for a client certificate)", err)
			}
			return nil, err
		}
		return conn, nil
	}
}

// noRedirect keeps the key from any host but its own.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// The causes by which our own timers end a request.
var (
	errSilent      = errors.New("silence")
	errUnconnected = errors.New("no connection")
	errHandshake   = errors.New("no TLS handshake within 10 s")
	errSettled     = errors.New("the answer was complete")
)
