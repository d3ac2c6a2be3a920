package probe

import (
	"context"
	"errors"
	"fmt"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// Connect tries a relay before it is written into a configuration: the list of models, and, where that proves nothing about the key, one
// small paid request to model after ask said yes. It returns the base URL put right and a line on what was proved.
func Connect(ctx context.Context, e relay.Endpoint, model string, ask func(what string) bool) (baseURL, proved string, err error) {
	if e.BaseURL, err = openai.CleanURL(e.BaseURL, e.AllowHTTP); err != nil {
		return "", "", err
	}
	e.Timeout = paidTime
	client, err := openai.New(e, openai.Options{})
	if err != nil {
		return "", "", err
	}
	defer client.Close()
	web, err := newPlain(e, "dev")
	if err != nil {
		return "", "", err
	}
	defer web.close()
	p := &probe{e: e, opt: Options{Model: model, Ask: ask}, client: client, http: web}
	p.models = p.list(ctx)
	switch l := p.models; {
	case l.err == nil && (!l.open || e.Key == ""):
		return e.BaseURL, fmt.Sprintf("it works: %d models", len(l.list)), nil
	case l.err == nil && len(l.list) > 0 && !p.has(model):
		p.opt.Model = l.list[0].ID // the usual one would fail, whatever the key
	case l.err != nil && !missing(l.status) && l.status != 403:
		return "", "", told(l.err)
	}
	if !ask(fmt.Sprintf("one request to %s at %s, of at most %d tokens: the list of models does not prove the key", p.opt.Model, web.base.Host, maxTokens)) {
		if p.models.err == nil {
			return e.BaseURL, fmt.Sprintf("%d models are listed; the key is not proved", len(p.models.list)), nil
		}
		return "", "", fmt.Errorf("not tested: %w", told(p.models.err))
	}
	p.paid.sent, p.paid.reply = true, p.send(ctx, p.opt.Model)
	switch {
	case p.paid.answered():
		return e.BaseURL, "it works: " + p.opt.Model + " answered", nil
	case p.paid.reply.Err != nil && p.paid.reply.Err.Class == relay.ClassUnknownModel:
		return e.BaseURL, "it answers, and does not know " + p.opt.Model + ": set DEFAULT_MODEL", nil
	case p.paid.reply.Err != nil:
		return "", "", told(p.paid.reply.Err)
	}
	return "", "", errors.New("the relay sent nothing")
}

// told is an error with what to do about it.
func told(e *relay.Error) error { return fmt.Errorf("%w: %s", e, e.Advice()) }
