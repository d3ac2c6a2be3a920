package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/price"
)

// Connect tries a relay before it is written into a configuration: the list of models, and, if that proves nothing
// about the key, one small paid request if it is allowed. It asks model, or one of the listed models if model is
// not among them.
func Connect(ctx context.Context, e relay.Endpoint, model string, pay relay.Spending) (relay.Connection, error) {
	p, _, err := newProbe(e, Options{Model: model, Pay: pay, Prices: price.New()})
	if err != nil {
		return relay.Connection{}, err
	}
	defer p.close()
	p.opt.Prices.Follow(e, p.client, nil, time.Hour)
	now := make(chan struct{})
	close(now) // prices are fetched only if there is a cost
	p.priced = now
	p.models = p.list(ctx)
	found := relay.Connection{BaseURL: p.e.BaseURL, Model: model}
	for _, m := range p.models.list {
		found.Models = append(found.Models, m.ID)
	}
	l := p.models
	if len(found.Models) > 0 && !p.has(model) {
		found.Model = chatModel(found.Models) // model would fail with any key
		p.opt.Model = found.Model
	}
	listed := relay.Counted(len(found.Models), "model") + " listed"
	switch {
	case l.err == nil && len(l.list) == 0:
		listed = "the list of models is empty"
	case l.err != nil && relay.NoPath(l.status):
		p.other = p.otherForm(ctx)
	case l.err != nil && l.status != 403:
		return found, withAdvice(l.err)
	case l.err == nil && len(l.list) > 0 && (!l.open || e.Key == ""):
		found.Proved = "it works: " + listed
		return found, ctx.Err()
	}
	if p.other != "" {
		return found, errors.New("there is no list of models at this address; " + p.path())
	}
	if p.pay(ctx); ctx.Err() != nil {
		return found, ctx.Err()
	}
	return p.proved(found, listed)
}

// proved completes the result for a relay whose list of models proves nothing.
func (p *probe) proved(found relay.Connection, listed string) (relay.Connection, error) {
	err := p.paid.reply.Err
	switch {
	case p.paid.answered():
		found.Proved = "it works: " + p.opt.Model + " answered"
	case p.paid.class() == relay.ClassUnknownModel:
		found.Proved, found.Model = "it answers, but does not know "+p.opt.Model, ""
	case p.paid.sent && err != nil && relay.NoPath(err.Status):
		return found, fmt.Errorf("%w: %s", err, p.path())
	case p.paid.sent && err != nil:
		return found, withAdvice(err)
	case p.paid.sent:
		return found, errors.New("the relay sent nothing")
	case p.models.err == nil:
		found.Proved = join(listed+"; the key is not proved", p.paid.why)
	default:
		return found, fmt.Errorf("not tested: %w", withAdvice(p.models.err))
	}
	if p.models.err == nil && len(p.models.list) == 0 && p.paid.sent {
		found.Proved += "; " + listed
	}
	return found, nil
}

// chatModel returns the first model that can chat, judged by its name.
func chatModel(models []string) string {
	for _, m := range models {
		name := strings.ToLower(m)
		other := false
		for _, word := range []string{"embed", "whisper", "tts", "dall-e", "image", "flux", "rerank", "moderation",
			"transcribe", "audio", "realtime", "davinci", "babbage", "sora"} {
			other = other || strings.Contains(name, word)
		}
		if !other {
			return m
		}
	}
	return models[0]
}

// withAdvice adds what to do about an error.
func withAdvice(e *relay.Error) error { return fmt.Errorf("%w: %s", e, advice(e)) }
