package openai

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"relaytop/relay"
)

// connectTime bounds the dial and, again, the TLS handshake.
const connectTime = 10 * time.Second

// newTransport makes the connections of one endpoint: HTTP/1.1 only, because an HTTP/2 client stands still at the server's limit
// of streams; no compression, because a compressed stream comes in lumps; enough idle connections that a burst need not dial.
func newTransport(e relay.Endpoint, maxIdle int) (*http.Transport, error) {
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
	dialer := &net.Dialer{Timeout: connectTime, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
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

// noRedirect keeps the key at the host that it was given for.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// The causes with which our own timers end a request.
var (
	errSilent  = errors.New("silence")
	errSettled = errors.New("the answer was complete")
)
