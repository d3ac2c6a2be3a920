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

// Connect tries a relay before it is written into a configuration: the list of models, and, where that proves
// nothing about the key, one small paid request after it was allowed. It asks for model, or, where the relay lists
// only others, for one of those.
func Connect(ctx context.Context, e relay.Endpoint, model string, pay relay.Spending) (relay.Connection, error) {
	p, _, err := newProbe(e, Options{Model: model, Pay: pay, Prices: price.New()})
	if err != nil {
		return relay.Connection{}, err
	}
	defer p.close()
	p.opt.Prices.Follow(e, p.client, nil, time.Hour)
	now := make(chan struct{})
	close(now) // the prices are asked for when there is something to settle
	p.priced = now
	p.models = p.list(ctx)
	found := relay.Connection{BaseURL: p.e.BaseURL, Model: model}
	for _, m := range p.models.list {
		found.Models = append(found.Models, m.ID)
	}
	l := p.models
	if len(found.Models) > 0 && !p.has(model) {
		found.Model = usual(found.Models) // the other would fail, whatever the key
		p.opt.Model = found.Model
	}
	listed := count(len(found.Models), "model") + " listed"
	switch {
	case l.err == nil && len(l.list) == 0:
		listed = "the list of models is empty"
	case l.err != nil && missing(l.status):
		p.other = p.otherForm(ctx)
	case l.err != nil && l.status != 403:
		return found, told(l.err)
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

// proved says what is known of a relay whose list of models proves nothing.
func (p *probe) proved(found relay.Connection, listed string) (relay.Connection, error) {
	err := p.paid.reply.Err
	switch {
	case p.paid.answered():
		found.Proved = "it works: " + p.opt.Model + " answered"
	case p.paid.class() == relay.ClassUnknownModel:
		found.Proved, found.Model = "it answers, and does not know "+p.opt.Model, ""
	case p.paid.sent && err != nil && missing(err.Status):
		return found, fmt.Errorf("%w: %s", err, p.path())
	case p.paid.sent && err != nil:
		return found, told(err)
	case p.paid.sent:
		return found, errors.New("the relay sent nothing")
	case p.models.err == nil:
		found.Proved = join(listed+"; the key is not proved", p.paid.why)
	default:
		return found, fmt.Errorf("not tested: %w", told(p.models.err))
	}
	if p.models.err == nil && len(p.models.list) == 0 && p.paid.sent {
		found.Proved += "; " + listed
	}
	return found, nil
}

// usual is the first model that by its name can chat.
func usual(models []string) string {
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

// told is an error with what to do about it.
func told(e *relay.Error) error { return fmt.Errorf("%w: %s", e, advice(e)) }
