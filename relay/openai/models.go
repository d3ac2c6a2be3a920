package openai

import (
	"cmp"
	"context"
	"net/http"

	"relaytop/relay"
	"relaytop/relay/openai/wire"
)

// maxModels is the largest list that is read, in bytes.
const maxModels = 16 << 20

// Model is one entry of a relay's list of models.
type Model = wire.Model

// Models asks the relay for its models. The list is saved, and served again for a few seconds. The error is a
// *relay.Error; a relay without a list answers 404, 405 or 501.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	if list, err, ok := c.models.fresh(); ok {
		return list, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.silence)
	defer cancel()
	a := &attempt{c: c, parent: ctx, ctx: ctx, call: relay.Call{Request: &relay.Request{}}}
	list, fail := a.models()
	if fail != nil {
		err := a.complete(fail)
		if relay.NoPath(err.Status) {
			c.models.set(nil, err)
		}
		return nil, err
	}
	c.models.set(list, nil)
	c.keep(list)
	return list, nil
}

// get sends a GET request. The caller closes the body.
func (a *attempt) get(url string) (*http.Response, *relay.Error) {
	ctx := context.WithValue(a.ctx, ownerKey{}, a.ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, &relay.Error{Class: relay.ClassInvalid, Message: "the request can't be made: " + bare(err).Error()}
	}
	SetHeaders(req, a.c.endpoint, a.c.version)
	resp, err := a.c.http.Do(req)
	if err != nil {
		return nil, a.networkError(bare(err))
	}
	a.answer.reply.HTTP = resp.StatusCode
	return resp, nil
}

func (a *attempt) models() ([]Model, *relay.Error) {
	resp, fail := a.get(a.c.url("/models", nil))
	if fail != nil {
		return nil, fail
	}
	defer resp.Body.Close()
	body, err := readSome(a.c.decompressed(resp), maxModels)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, redirectError(resp)
	case resp.StatusCode < 200 || resp.StatusCode >= 300:
		return nil, withPathHint(classify(resp.StatusCode, resp.Header, a.c.hide.body(body)))
	case err != nil:
		return nil, a.networkError(err)
	}
	list, err := wire.ReadModels(body)
	if err != nil {
		what := cmp.Or(summary(0, resp.Header.Get("Content-Type"), a.c.hide.body(body)), "the body is empty")
		return nil, &relay.Error{Class: relay.ClassProtocol, Status: resp.StatusCode, Cause: err,
			Message: "no list of models: " + what}
	}
	for i := range list {
		list[i].ID = a.c.hide.text(list[i].ID)
	}
	return list, nil
}
