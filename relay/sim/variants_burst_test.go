package sim_test

import (
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

// figures names what can be said about the times of an answer: a speed needs tokens that came one after the other,
// and a TTFT a stream.
func figures(r *relay.Result) string {
	var all []string
	add := func(is bool, name string) {
		if is {
			all = append(all, name)
		}
	}
	_, ttft := r.Timing.TTFT()
	_, speed := r.Timing.Speed(r.Usage.Output)
	_, tpot := r.Timing.TPOT(r.Usage.Output)
	_, e2e := r.Timing.E2E()
	add(ttft, "TTFT")
	add(tpot, "TPOT")
	add(speed, "speed")
	add(e2e, "E2E")
	add(r.Timing.Burst(r.Usage.Output), "burst")
	add(r.Timing.Whole, "whole")
	return strings.Join(all, " ")
}

// bursts: what arrives at once tells nothing about the model's speed.
func bursts() []variant {
	const held = 30 * time.Millisecond // a proxy keeps the answer for so long
	events := "data: " + strings.Join([]string{sayHi, sayHi, sayHi, stop, counted, "[DONE]"}, "\n\ndata: ") + "\n\n"
	heldBack := sim.Edit{Play: func(_ *sim.Request, p *sim.Play) {
		for i := range p.Frames {
			p.Frames[i].At = held
		}
	}}
	return []variant{
		{name: "token after token", serve: sim.Options{ITL: 5 * time.Millisecond}, want: "ok",
			times: "TTFT TPOT speed E2E"},
		{name: "the whole stream in one write", edits: do(sim.Body(200, "text/event-stream", events)),
			want: `ok text="HiHiHi"`, times: "TTFT E2E burst"},
		{name: "the whole stream in one write, late",
			edits: do(sim.Body(200, "text/event-stream", events), sim.Late(held)), want: `ok text="HiHiHi"`,
			times: "TTFT E2E burst"},
		{name: "the whole text in one chunk", edits: stream(sayHi, stop, counted, "[DONE]"), want: `ok text="Hi"`,
			times: "TTFT E2E burst"},
		{name: "a write for each chunk, all within 20 ms", want: "ok", times: "TTFT E2E burst"},
		{name: "a write for each chunk, all held back", edits: do(heldBack), want: "ok", times: "TTFT E2E burst"},
		{name: "reasoning and text at once", edits: do(sim.Reason("reasoning", "hm"), heldBack),
			want: `ok reasoning="hm" chunks=` + moreThanHello(1), times: "TTFT E2E burst"},
		{name: "JSON for a stream at once", edits: do(sim.AsJSON()), want: "ok chunks=1/" + tokensOfHello(),
			times: "E2E whole"},
		{name: "JSON for a stream, late", edits: do(sim.AsJSON(), sim.Late(held)),
			want: "ok chunks=1/" + tokensOfHello(), times: "E2E whole"},
		{name: "JSON for a stream, slowly", edits: do(sim.AsJSON(), sim.Bytes(16)),
			serve: sim.Options{ITL: 5 * time.Millisecond}, want: "ok chunks=1/" + tokensOfHello(), times: "E2E whole"},
		{name: "JSON that was asked for", ask: func(r *relay.Request) { r.Plain = true },
			want: "ok chunks=1/" + tokensOfHello(), times: "E2E whole"},
	}
}
