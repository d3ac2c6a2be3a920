package probe

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"

	"relaytop/relay"
)

// How long the bill of the paid request may take to show, and how often it is looked for.
const (
	billWithin = 4 * time.Second
	billEvery  = 250 * time.Millisecond
)

// quotaUnit is the smallest amount that one-api and new-api count: a 500,000th of a dollar. They round up.
const quotaUnit = relay.USD / 500_000

// maxBalance is the longest answer about a balance, in bytes.
const maxBalance = 64 << 10

// balance is what a relay says about the money of a key.
type balance struct {
	path  string // where it says it; "": it does not
	base  *url.URL
	spent relay.Money
	left  *relay.Money // nil: there is no limit, or it is not stated
}

// checkBalance asks for the balance where relays show one: OpenRouter, then one-api and new-api. It is free.
func (p *probe) checkBalance(ctx context.Context) balance {
	root := *p.http.base
	root.RawPath, root.Path = "", strings.TrimSuffix(strings.TrimRight(root.Path, "/"), "/v1")
	for _, at := range []balance{
		{path: "key", base: p.http.base},
		{path: "dashboard/billing/usage", base: p.http.base},
		{path: "dashboard/billing/usage", base: &root},
	} {
		if p.readBalance(ctx, &at) {
			return at
		}
	}
	return balance{}
}

// readBalance asks again where a balance was found. False: there is none.
func (p *probe) readBalance(ctx context.Context, b *balance) bool {
	body := p.http.document(ctx, b.base, b.path)
	if body == nil {
		return false
	}
	if b.path == "key" {
		var doc struct {
			Data struct {
				Usage any `json:"usage"`
				Left  any `json:"limit_remaining"`
			} `json:"data"`
		}
		if decodeNumbers(body, &doc) != nil {
			return false
		}
		spent, ok := dollars(doc.Data.Usage, 1)
		b.spent = spent
		if left, ok := dollars(doc.Data.Left, 1); ok {
			b.left = &left
		}
		return ok
	}
	var doc struct {
		Total any `json:"total_usage"` // cents
	}
	if decodeNumbers(body, &doc) != nil {
		return false
	}
	spent, ok := dollars(doc.Total, 100)
	b.spent = spent
	return ok
}

// document makes a GET request below a URL of the relay's host and returns the JSON that came; nil: none came.
func (p *web) document(ctx context.Context, base *url.URL, path string) []byte {
	ctx, cancel := context.WithTimeout(ctx, freeTime)
	defer cancel()
	req, err := p.request(ctx, base, path, "", true)
	if err != nil {
		return nil
	}
	resp, err := p.http.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBalance))
	if err != nil || resp.StatusCode != http.StatusOK || !json.Valid(body) {
		return nil
	}
	return body
}

func decodeNumbers(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return d.Decode(into)
}

// dollars reads an amount in parts of a dollar. False: it is none.
func dollars(v any, parts int64) (relay.Money, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	r, err := relay.ParseDecimal(n.String())
	if err != nil {
		return 0, false
	}
	m, err := relay.MoneyOf(r.Quo(r, big.NewRat(parts, 1)))
	return m, err == nil
}

// awaitBill waits until the balance has changed since the paid request, and returns what was billed.
func (p *probe) awaitBill(ctx context.Context) {
	before := p.before
	if before.path == "" || !p.paid.sent {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, billWithin)
	defer cancel()
	for {
		now := before
		if p.readBalance(ctx, &now) && now.spent != before.spent {
			p.after = now
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(billEvery):
		}
	}
}

// balanced compares what the relay billed for the paid request with what its price list says.
func (p *probe) balanced() relay.Check {
	b := p.before
	if p.after.path != "" {
		b = p.after
	}
	state := fmt.Sprintf("%s spent by /%s", b.spent.Dollars(), b.path)
	if b.left != nil {
		state += fmt.Sprintf(", %s left", b.left.Dollars())
	}
	cost := p.paid.cost
	switch {
	case p.e.Kind == relay.KindSim:
		return relay.Inapplicable(Balance, "simulated: nothing is billed")
	case b.path == "":
		return relay.Missing(Balance, "the relay shows none", "")
	case !p.paid.sent:
		return relay.Passed(Balance, state+"; what a request is billed is not checked without a paid one")
	case p.after.path == "" && (!cost.Known() || cost.Amount < quotaUnit):
		return relay.Unknown(Balance, state+"; it did not change with the paid request", "")
	case p.after.path == "":
		return relay.Unknown(Balance, fmt.Sprintf("%s; after the paid request it did not change within %s", state,
			billWithin), "")
	}
	return p.bill(p.after.spent-p.before.spent, state)
}

// bill judges what was billed.
func (p *probe) bill(billed relay.Money, state string) relay.Check {
	cost := p.paid.cost
	if !cost.Known() {
		return relay.Unknown(Balance, fmt.Sprintf("%s billed for the paid request, whose price is not known; %s",
			billed.Dollars(), state), relay.HowToPrice(p.opt.Model))
	}
	off := max(billed-cost.Amount, cost.Amount-billed)
	if off <= max(2*quotaUnit, cost.Amount/50) {
		return relay.Passed(Balance, fmt.Sprintf("%s billed for the paid request, as %s; %s", billed.Dollars(),
			p.listName(), state))
	}
	times := ""
	if cost.Amount > 0 {
		times = fmt.Sprintf(", %.2f times as much", float64(billed)/float64(cost.Amount))
	}
	detail := fmt.Sprintf("%s billed for the paid request, %s by %s%s; %s", billed.Dollars(), cost.Amount.Dollars(),
		p.listName(), times, state)
	if cost.Estimated {
		return relay.Unknown(Balance, detail+"; that cost is an estimate", "")
	}
	return relay.Failing(Balance, detail,
		"the bill is not the price list's: ask the relay's operator, or state what it charges in a price_file; "+
			"another program with this key may have spent meanwhile")
}

// listName names what the cost of the paid request was computed from.
func (p *probe) listName() string {
	if b := p.paid.cost.Bill; b != nil && b.From != "" {
		return b.From
	}
	return "the price list"
}
