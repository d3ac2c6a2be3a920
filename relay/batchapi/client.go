// Package batchapi speaks to a provider's batch endpoint: /files and /batches in OpenAI's shape.
//
// Rules:
//
//   - It reads what providers really send: statuses in any case and by other names, times as numbers, texts or objects,
//     counts and errors that are null.
//   - One call is one round trip, without a retry; only a list is read page by page. What to do about an error is
//     decided above.
//   - Whether a row succeeded is decided by its own line, never by the provider's counts.
//   - The HTTP is openai's: its key and headers, its bounds and its redaction.
package batchapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// maxObject is the largest answer that describes a batch or a list, in bytes; maxOutput the largest file of answers.
const (
	maxObject = 16 << 20
	maxOutput = 16 << 30
)

// Client speaks to one endpoint. It may be used by any number of goroutines.
type Client struct{ http *openai.Client }

// New makes a Client that sends through another one.
func New(c *openai.Client) *Client { return &Client{http: c} }

// object makes a round trip whose answer is one JSON document.
func (c *Client) object(ctx context.Context, ask openai.Ask) ([]byte, error) {
	ask.Most = maxObject
	body, err := c.http.Ask(ctx, ask)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

// Create starts a batch of an uploaded file.
func (c *Client) Create(ctx context.Context, o relay.BatchOrder) (relay.Batch, error) {
	raw, err := json.Marshal(struct {
		File     string            `json:"input_file_id"`
		Endpoint string            `json:"endpoint"`
		Window   string            `json:"completion_window"`
		Metadata map[string]string `json:"metadata,omitempty"`
	}{o.File, relay.BatchPath(o.Path), "24h", o.Metadata})
	if err != nil {
		return relay.Batch{}, fmt.Errorf("create a batch: %w", err)
	}
	return c.batch(ctx, openai.Ask{Method: http.MethodPost, Path: "/batches", Type: "application/json",
		Body: bytes.NewReader(raw), Size: int64(len(raw))})
}

// Batch asks for the state of a batch. An unknown id is a 404.
func (c *Client) Batch(ctx context.Context, id string) (relay.Batch, error) {
	return c.batch(ctx, openai.Ask{Method: http.MethodGet, Path: "/batches/" + url.PathEscape(id)})
}

// Cancel asks the provider to stop a batch. Rows that were answered stay, in its output file.
func (c *Client) Cancel(ctx context.Context, id string) (relay.Batch, error) {
	return c.batch(ctx, openai.Ask{Method: http.MethodPost, Path: "/batches/" + url.PathEscape(id) + "/cancel"})
}

func (c *Client) batch(ctx context.Context, ask openai.Ask) (relay.Batch, error) {
	raw, err := c.object(ctx, ask)
	if err != nil {
		return relay.Batch{}, err
	}
	b, err := readBatch(raw)
	if err != nil {
		return b, c.protocol("no batch", raw, err)
	}
	b.Problem = c.http.Redact(b.Problem)
	return b, nil
}

// protocol is the error of an answer that can't be read.
func (c *Client) protocol(what string, raw []byte, err error) error {
	const shown = 200
	return &relay.Error{Class: relay.ClassProtocol, Endpoint: c.http.Name(), Cause: err,
		Message: what + ": " + c.http.Redact(oneLine(string(raw[:min(len(raw), shown)])))}
}

// Lines reads a file of answers and calls each for each of its lines, in the order of the file, and bad for one that
// can't be read. The error is relay.ErrCutOff if the file has no proper end.
func (c *Client) Lines(ctx context.Context, file string, each func(relay.BatchLine) error, bad func(error)) error {
	body, err := c.http.Ask(ctx, openai.Ask{Method: http.MethodGet, Path: "/files/" + url.PathEscape(file) + "/content",
		Most: maxOutput})
	if err != nil {
		return err
	}
	defer body.Close()
	return readLines(body, each, bad)
}

// Probe finds out whether the endpoint has batches. The error says that it could not be asked.
func (c *Client) Probe(ctx context.Context) (relay.Capability, error) {
	for _, path := range []string{"/batches", "/files"} {
		_, err := c.object(ctx, openai.Ask{Method: http.MethodGet, Path: path, Query: url.Values{"limit": {"1"}}})
		if err == nil {
			continue
		}
		e := relay.AsError(err, relay.ClassNetwork)
		if relay.NoPath(e.Status) {
			return relay.Capability{Reason: fmt.Sprintf("%s has no %s: it answers %d %s", c.http.Name(), path, e.Status,
				http.StatusText(e.Status))}, nil
		}
		return relay.Capability{}, err
	}
	return relay.Capability{Available: true}, nil
}
