package pool

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"relaytop/relay"
)

// absent are the fallback models that no row can use: the relay does not have them, or not for this key. An answer
// takes a model off the list.
type absent struct {
	mu     sync.Mutex
	models map[string]bool
}

// add reports whether the model is new in the list.
func (a *absent) add(model string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.models[model] {
		return false
	}
	if a.models == nil {
		a.models = map[string]bool{}
	}
	a.models[model] = true
	return true
}

func (a *absent) remove(model string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.models, model)
}

func (a *absent) has(model string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.models[model]
}

// skips reports whether the task does not fall back to the model.
func (t *task) skips(model string) bool { return t.isRow() && t.p.absent.has(model) }

// hasFallback reports whether there is another model to ask.
func (t *task) hasFallback() bool {
	return slices.ContainsFunc(t.candidate.fallbacks(t.req), func(model string) bool { return !t.skips(model) })
}

// isAbsent reports whether a failure says that the model can't be used at all.
func isAbsent(err *relay.Error) bool {
	return err.Class == relay.ClassAuth || err.LacksModel()
}

// withoutFallback moves a row on from a fallback model that can't be used: to the next one, or back to the first model
// if that was left because of a wait or of a failure that passes. Such a model says nothing about the row.
func (t *task) withoutFallback(err *relay.Error) bool {
	if !t.isRow() || t.candidate.model == 0 || !isAbsent(err) {
		return false
	}
	model := t.model()
	if t.p.absent.add(model) {
		t.p.opt.Sink(relay.Event{
			Kind:     relay.Notice,
			At:       time.Now(),
			Endpoint: err.Endpoint,
			Model:    model,
			Reason: fmt.Sprintf("the fallback model %s can't be used at %s (%s): no row falls back to it from now on", model,
				cmp.Or(err.Endpoint, "the relay"), err.Brief()),
		})
	}
	if t.fallBack(nil, err.Brief()) {
		return true
	}
	now := time.Now()
	if !t.fallback.passes || t.clock.expired(now) {
		return false
	}
	t.candidate, t.fallback.reason = candidate{}, ""
	t.clock.nextModel(now)
	t.emit(relay.Event{Kind: relay.FellBack, From: model, Model: t.req.Model, Reason: err.Brief()})
	return true
}
