package probe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"relaytop/relay"
	"relaytop/relay/openai"
)

// listing is what GET /models brought.
type listing struct {
	list   []openai.Model
	err    *relay.Error
	status int
	open   bool // the list is given without a key too: it proves nothing about the key
}

func (l listing) refused() bool { return l.err != nil && l.err.Class == relay.ClassAuth }

// missing reports whether the relay says that it has no such thing.
func missing(status int) bool {
	return status == http.StatusNotFound || status == http.StatusMethodNotAllowed || status == http.StatusNotImplemented
}

func (p *probe) list(ctx context.Context) listing {
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	var l listing
	var err error
	if l.list, err = p.client.Models(ctx); err != nil {
		l.err = relay.AsError(err, relay.ClassNetwork)
		l.status = l.err.Status
		return l
	}
	l.status = http.StatusOK
	if p.e.Key != "" {
		resp, err := p.http.get(ctx, "models", "", false)
		l.open = err == nil && resp.StatusCode == http.StatusOK
	}
	return l
}

func (p *probe) has(model string) bool {
	return slices.ContainsFunc(p.models.list, func(m openai.Model) bool { return m.ID == model })
}

// key says whether the relay takes the key. A list of models that everybody gets is no proof.
func (p *probe) key() relay.Check {
	none := p.e.Key == ""
	refused := p.paid.class() == relay.ClassAuth || !p.paid.sent && p.models.refused()
	quota := p.paid.class() == relay.ClassQuota
	worked := p.paid.sent && p.paid.reply.HTTP >= 200 && p.paid.reply.HTTP < 300
	switch {
	case refused && none:
		return relay.Failing(Key, "none is set, and the relay wants one", "set HOLYSHEEP_API_KEY or OPENAI_API_KEY, or run `relaytop init`")
	case refused:
		err := p.models.err
		if p.paid.sent {
			err = p.paid.reply.Err
		}
		return relay.Failing(Key, fmt.Sprintf("refused (%d): %s", err.Status, err.Message), "check the key, where it comes from (line 1), and that it is one of this relay")
	case quota:
		return relay.Failing(Key, "taken, but the account can't pay: "+p.paid.reply.Err.Message, relay.ClassQuota.Advice())
	case worked && none:
		return relay.Passed(Key, "none is set, and none is needed")
	case worked:
		return relay.Passed(Key, "taken")
	case none && p.models.err == nil:
		return relay.Unknown(Key, "none is set; the list of models needs none, a request may", p.hint())
	case none:
		return relay.Unknown(Key, "none is set", p.hint())
	case p.models.err == nil && !p.models.open:
		return relay.Passed(Key, "taken: the list of models is given with it, and not without")
	case p.models.err == nil:
		return relay.Unknown(Key, "not proved: this relay lists its models for everybody", p.hint())
	}
	return relay.Unknown(Key, "not proved: nothing that needs it answered", p.hint())
}

// hint says how to learn what only a paid request can tell.
func (p *probe) hint() string {
	if p.paid.sent {
		return ""
	}
	return "run with --yes: two small paid requests tell"
}

func (p *probe) listed() relay.Check {
	err := p.models.err
	n := len(p.models.list)
	switch {
	case err == nil && n == 0:
		return relay.Failing(Models, "the list is empty", "ask the relay which models this key may use")
	case err == nil && (p.opt.Model == "" || p.has(p.opt.Model)):
		return relay.Passed(Models, fmt.Sprintf("%d, %s among them", n, p.opt.Model))
	case err == nil && p.paid.answered():
		return relay.Passed(Models, fmt.Sprintf("%d; %s is not listed and answers all the same", n, p.opt.Model))
	case err == nil:
		return relay.Failing(Models, fmt.Sprintf("%d, %s is not among them", n, p.opt.Model), "choose one with -m or DEFAULT_MODEL, such as "+p.some())
	case missing(p.models.status) && p.paid.answered():
		return relay.Unknown(Models, fmt.Sprintf("no list here (%d); requests work", p.models.status), "name models with -m or DEFAULT_MODEL")
	case missing(p.models.status):
		return relay.Failing(Models, fmt.Sprintf("no list at this address (%d)", p.models.status), strings.TrimSuffix("check the path of the base URL; "+p.hint(), "; "))
	case p.models.refused():
		return relay.Failing(Models, fmt.Sprintf("refused (%d): %s", p.models.status, err.Message), "check the key")
	}
	return relay.Failing(Models, err.Error(), err.Class.Advice())
}

// some names a few models that there are.
func (p *probe) some() string {
	var names []string
	for _, m := range p.models.list[:min(len(p.models.list), 3)] {
		names = append(names, m.ID)
	}
	return strings.Join(names, ", ")
}

// batch looks for the Batch API: both of its halves must be there.
func (p *probe) batch(ctx context.Context) relay.Check {
	var said []string
	there, broken := true, false
	for _, look := range []struct{ path, query string }{{"batches", "limit=1"}, {"files", ""}} {
		resp, err := p.http.get(ctx, look.path, look.query, true)
		if err != nil {
			said = append(said, "/"+look.path+" "+err.Error())
			there, broken = false, true
			continue
		}
		said = append(said, fmt.Sprintf("/%s %d", look.path, resp.StatusCode))
		json := strings.Contains(resp.Header.Get("Content-Type"), "json")
		there = there && resp.StatusCode == http.StatusOK && json
		broken = broken || !missing(resp.StatusCode) && !(resp.StatusCode == http.StatusOK)
		if resp.StatusCode == http.StatusOK && !json {
			said[len(said)-1] += " and no JSON"
		}
	}
	detail := strings.Join(said, ", ")
	switch {
	case there:
		return relay.Passed(Batch, "there: "+detail)
	case broken:
		return relay.Unknown(Batch, "can't be told: "+detail, "")
	}
	return relay.Unknown(Batch, "not there: "+detail, "batches go through the pool, row by row")
}
