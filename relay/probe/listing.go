package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// listing is the result of GET /models.
type listing struct {
	list   []openai.Model
	err    *relay.Error
	status int
	open   bool // the relay lists its models without a key too: the list proves nothing about the key
}

func (l listing) refused() bool { return l.err != nil && l.err.Class == relay.ClassAuth }

func (p *probe) list(ctx context.Context) listing {
	within, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	var l listing
	var err error
	if l.list, err = p.client.Models(within); err != nil {
		l.err = relay.AsError(err, relay.ClassNetwork)
		l.status = l.err.Status
		if l.err.Class == relay.ClassTimeout {
			l.err.Message = "no answer within " + relay.Seconds(min(freeTime, p.e.Timeout))
		}
		return l
	}
	l.status = http.StatusOK
	if p.e.Key != "" {
		resp, err := p.http.get(ctx, "models", "", false)
		l.open = err == nil && resp.StatusCode == http.StatusOK
	}
	return l
}

// otherForm returns the base URL with /v1 added or removed, if there is a list of models below it; else "".
func (p *probe) otherForm(ctx context.Context) string {
	u := *p.http.base
	u.RawPath = ""
	root, is := strings.CutSuffix(strings.TrimSuffix(u.Path, "/."), "/v1")
	switch u.Path = root; {
	case !is:
		u.Path += "/v1"
	case root == "":
		u.Path = "/." // the base URL of an API at the root
	}
	resp, err := p.http.getAt(ctx, &u, "models", "", true)
	if err != nil || resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusOK || !isJSON(resp) {
		return ""
	}
	return shown(&u)
}

// isJSON reports whether a response says that it has JSON, and has a body.
func isJSON(resp *http.Response) bool {
	return strings.Contains(resp.Header.Get("Content-Type"), "json") && resp.ContentLength != 0
}

// path is the advice for a base URL below which a path is missing.
func (p *probe) path() string {
	if p.other != "" {
		return fmt.Sprintf("write %q as the base URL: there is a list of models below it", p.other)
	}
	switch path := p.http.base.Path; {
	case strings.HasSuffix(path, "/."):
		return "check the path of the base URL: that of most relays is /v1"
	case strings.HasSuffix(strings.TrimRight(path, "/"), "/v1"):
		return "check the path of the base URL: some relays have it without /v1; an API at the root of its server is " +
			"written " + rootOf(p.http.base)
	}
	return "check the path of the base URL: that of most relays ends in /v1; an API at the root of its server is " +
		"written " + rootOf(p.http.base)
}

func rootOf(base *url.URL) string { return base.Scheme + "://" + base.Host + "/." }

func (p *probe) has(model string) bool {
	return slices.ContainsFunc(p.models.list, func(m openai.Model) bool { return m.ID == model })
}

// key checks whether the relay accepts the key. The answer of a model proves it, or a list of models that needs a
// key.
func (p *probe) key() relay.Check {
	none := p.e.Key == ""
	refused := p.paid.class() == relay.ClassAuth || !p.paid.sent && p.models.refused()
	switch {
	case refused && none:
		return relay.Failing(Key, "not set, and the relay needs one",
			"set HOLYSHEEP_API_KEY or OPENAI_API_KEY, or run `relaytop init`")
	case refused:
		err := p.models.err
		if p.paid.sent {
			err = p.paid.reply.Err
		}
		return relay.Failing(Key, fmt.Sprintf("refused (%d): %s", err.Status, err.Message),
			"check the key, where it comes from (the config line), and that it belongs to this relay")
	case p.paid.class() == relay.ClassQuota:
		return relay.Failing(Key, "accepted, but the account can't pay: "+p.paid.reply.Err.Message, relay.ClassQuota.Advice())
	case p.paid.answered() && none:
		return relay.Passed(Key, "not set, and not needed")
	case p.paid.answered() && p.models.open:
		return relay.Passed(Key, "accepted, or not checked: the relay lists its models without it too")
	case p.paid.answered():
		return relay.Passed(Key, "accepted: a request with it was answered")
	case none && p.models.err == nil:
		return relay.Missing(Key, "not set; the list of models needs none, a request may", p.hint())
	case none:
		return relay.Missing(Key, "not set", p.hint())
	case p.models.err == nil && !p.models.open:
		return relay.Passed(Key, "accepted: the relay lists its models with it, and not without")
	case p.models.err == nil:
		return relay.Unknown(Key, "not proved: this relay lists its models without a key too", p.hint())
	}
	return relay.Unknown(Key, "not proved: no answer came that needs it", p.hint())
}

// hint says how to learn what only a paid request can show.
func (p *probe) hint() string {
	if p.paid.sent || p.paid.why != "" || p.stopped {
		return ""
	}
	return "run with --yes: one small paid request will tell"
}

func (p *probe) listed() relay.Check {
	err, status := p.models.err, p.models.status
	n, named := len(p.models.list), relay.Counted(len(p.models.list), "model")
	switch {
	case err == nil && n == 0 && p.paid.answered():
		return relay.Unknown(Models, "the list is empty, but "+p.opt.Model+" answers", "")
	case err == nil && n == 0:
		return relay.Failing(Models, "the list is empty", "ask the relay which models this key may use")
	case err == nil && p.opt.Model == "":
		return relay.Passed(Models, named)
	case err == nil && p.has(p.opt.Model):
		return relay.Passed(Models, fmt.Sprintf("%s, %s among them", named, p.opt.Model))
	case err == nil && p.paid.answered():
		return relay.Passed(Models, fmt.Sprintf("%s; %s is not listed, but answers", named, p.opt.Model))
	case err == nil:
		return relay.Failing(Models, fmt.Sprintf("%s, %s is not among them", named, p.opt.Model),
			"choose one with -m or DEFAULT_MODEL, such as "+p.some())
	case err.Class == relay.ClassCancelled:
		return relay.Unknown(Models, "stopped", "")
	case relay.NoPath(status) && p.paid.answered():
		return relay.Missing(Models, fmt.Sprintf("no list here (%d); requests work", status),
			"name models with -m or DEFAULT_MODEL")
	case relay.NoPath(status):
		return relay.Missing(Models, fmt.Sprintf("no list at this address (%d)", status), join(p.path(), p.hint()))
	case p.models.refused() && p.paid.answered():
		return relay.Unknown(Models, fmt.Sprintf("this key may not list them (%d); requests work", status),
			"name models with -m or DEFAULT_MODEL")
	case p.models.refused():
		return relay.Failing(Models, fmt.Sprintf("refused (%d): %s", status, err.Message), "check the key")
	}
	return relay.Failing(Models, err.Error(), advice(err))
}

// join joins two pieces of advice.
func join(a, b string) string { return strings.Trim(a+"; "+b, "; ") }

// some names a few of the listed models.
func (p *probe) some() string {
	var names []string
	for _, m := range p.models.list[:min(len(p.models.list), 3)] {
		names = append(names, m.ID)
	}
	return strings.Join(names, ", ")
}

// batch looks for the Batch API: it needs both of its endpoints.
func (p *probe) batch(ctx context.Context) relay.Check {
	var found []string
	there, broken := true, false
	for _, at := range []struct{ path, query string }{{"batches", "limit=1"}, {"files", ""}} {
		resp, err := p.http.get(ctx, at.path, at.query, true)
		if err != nil {
			found = append(found, "/"+at.path+" "+err.Error())
			there, broken = false, true
			break // one alone is not enough
		}
		found = append(found, fmt.Sprintf("/%s %d", at.path, resp.StatusCode))
		there = there && resp.StatusCode == http.StatusOK && isJSON(resp)
		broken = broken || !relay.NoPath(resp.StatusCode) && !(resp.StatusCode == http.StatusOK)
		if resp.StatusCode == http.StatusOK && !isJSON(resp) {
			found[len(found)-1] += " but not JSON"
		}
	}
	detail := strings.Join(found, ", ")
	switch {
	case there:
		return relay.Passed(Batch, "there: "+detail)
	case broken:
		return relay.Unknown(Batch, "unknown: "+detail, "")
	}
	return relay.Missing(Batch, "not there: "+detail, "batches go through the pool, row by row")
}
