package cli

import (
	"encoding/json"
	"fmt"

	"relaytop/relay"
)

// announce prints what the run will cost before it sends anything.
func announce(con *console, app *App, b *bench) {
	k := &b.config
	what := fmt.Sprintf("bench: %s of %s at %s, %s",
		relay.Counted(k.N, "request"), k.Model, k.Relay, k.pace())
	if k.Warmup > 0 {
		what += ", after " + relay.Counted(k.Warmup, "warm-up")
	}
	con.sentence("%s; %s", what, forecast(app, k))
	if most := concurrencySet(app); most > 0 && most < k.Concurrency {
		con.sentence("the configuration allows %s at the same time: the others wait, and `queue` shows how long",
			relay.Counted(most, "request"))
	}
}

// forecast is the likely cost of all requests, warm-ups included.
func forecast(app *App, k *benchConfig) string {
	unknown := "the cost is unknown: there is no price for " + k.Model
	if app.demo() {
		return "simulated, nothing is billed"
	}
	price := app.Relays.Forecast()
	longest := maxTokens(k.Params)
	answer, from := int64(relay.AssumedAnswer), "assumed"
	if app.Archive != nil {
		if m := app.Archive.Measured(k.Model); m.Answers > 0 {
			answer, from = m.Output, "measured"
		}
	}
	if longest > 0 {
		answer = min(answer, longest)
	}
	in := relay.EstimateTokens(k.Prompt)
	likely, ok := price(k.Model, in, answer)
	if !ok {
		return unknown
	}
	n := relay.Money(k.N + k.Warmup)
	s := fmt.Sprintf("this costs about %s (%s, %d tokens an answer, %s", (likely.Amount * n).Dollars(),
		likely.ShownSource(), answer, from)
	if most, ok := price(k.Model, in, longest); ok && longest > answer {
		s += ", at most " + (most.Amount * n).Dollars()
	}
	return s + ")"
}

// maxTokens is the longest answer that the parameters allow; 0: not set.
func maxTokens(p relay.Params) (n int64) {
	_ = json.Unmarshal(p["max_tokens"], &n) // anything but a number sets nothing
	return n
}

// pace says how the requests are sent: "4 at a time", "10 a second".
func (k *benchConfig) pace() string {
	switch {
	case k.Rate == nil:
		return atOnce(k.Concurrency)
	case *k.Arrivals == arrivePoisson:
		return fmt.Sprintf("%v a second on average", *k.Rate)
	}
	return fmt.Sprintf("%v a second", *k.Rate)
}

func atOnce(n int) string {
	if n == 1 {
		return "one at a time"
	}
	return fmt.Sprintf("%d at a time", n)
}
