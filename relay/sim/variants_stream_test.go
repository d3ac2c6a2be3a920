package sim_test

import (
	"slices"
	"strings"
	"time"

	"relaytop/relay"
	"relaytop/relay/sim"
)

func do(edits ...sim.Edit) []sim.Edit { return edits }

// stream answers with these bytes as an event stream.
func stream(events ...string) []sim.Edit {
	return do(sim.Body(200, "text/event-stream", "data: "+strings.Join(events, "\n\ndata: ")+"\n\n"))
}

const (
	sayHi    = `{"model":"gpt-4.1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}`
	stop     = `{"model":"gpt-4.1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	roleOnly = `{"model":"gpt-4.1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`
	counted  = `{"model":"gpt-4.1","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":500,` +
		`"prompt_tokens_details":{"cached_tokens":400},"completion_tokens_details":{"reasoning_tokens":100}}}`
)

// framings: how events are put on the wire.
func framings() []variant {
	return []variant{
		{name: "LF", want: "ok"},
		{name: "CRLF", edits: do(sim.LineEnds("\r\n")), want: "ok"},
		{name: "lone CR", edits: do(sim.LineEnds("\r")), want: "ok"},
		{name: "byte order mark", edits: do(sim.Framed(sim.Framing{BOM: true})), want: "ok"},
		{name: "data: without a blank", edits: do(sim.Framed(sim.Framing{NoSpace: true})), want: "ok"},
		{name: ": ping", edits: do(sim.Before(": ping\n\n")), want: "ok"},
		{name: ": OPENROUTER PROCESSING", edits: do(sim.Before(": OPENROUTER PROCESSING\n\n")), want: "ok"},
		{name: "a bare :", edits: do(sim.Before(":\n")), want: "ok"},
		{name: "event, id and retry lines", edits: do(sim.Before("event: message\nid: 7\nretry: 3000\n")), want: "ok"},
		{name: "several data lines in one event", edits: do(sim.Framed(sim.Framing{Split: true})), want: "ok"},
		{name: "empty data events", edits: do(sim.Before("data:\n\ndata: \n\n")), want: "ok"},
		{name: "last event without its blank line", edits: do(sim.WithoutDone(), sim.Framed(sim.Framing{NoLastBlank: true})),
			want: "ok"},
		{name: "last line without its end", edits: do(sim.Body(200, "text/event-stream", "data: "+sayHi+"\n\ndata: "+stop)),
			want: `ok text="Hi" usage=~ cost=~estimated`},
		{name: "a line of 15 MiB", edits: do(sim.Text(""), sim.LongLine(15<<20)), want: "ok text=15728640"},
		{name: "a line of 20 MiB", edits: do(sim.Text(""), sim.LongLine(20<<20)), want: "failed/protocol", says: "16 MiB"},
		{name: "a byte at a time", edits: do(sim.Bytes(1)), want: "ok"},
		{name: "gzip unasked", edits: do(sim.Gzip()), want: "ok"},
		{name: "gzip a byte at a time", edits: do(sim.Gzip(), sim.Bytes(1)), want: "ok"},
		{name: "pings between tokens", serve: sim.Options{ITL: 3 * time.Millisecond}, edits: do(sim.Pings(time.Millisecond)),
			want: "ok"},
		{name: "wrong content type", edits: do(sim.Header("Content-Type", "application/json")), want: "ok"},
		{name: "no content type", edits: do(sim.Header("Content-Type", "application/octet-stream")), want: "ok"},
		{name: "100,000 chunks in one write",
			edits: do(sim.Body(200, "text/event-stream",
				strings.Repeat("data: "+sayHi+"\n\n", 100_000)+"data: "+stop+"\n\ndata: "+counted+"\n\n")), want: "ok text=200000"},
	}
}

// endings: only a finish_reason proves that an answer is complete.
func endings() []variant {
	cut := func(n int, end sim.End) []sim.Edit { return do(sim.CutContent(n, end)) }
	const part = "text=part usage=~ cost=~estimated"
	const early = ` learned="it sends a finish_reason before the end: only [DONE] or the end of the stream ends an answer"`
	hiStop := strings.Replace(sayHi, "null", `"stop"`, 1)
	// For a stream without an end: the usage is in the finish chunk, so that it is never late.
	const settle = 100 * time.Millisecond
	return []variant{
		{name: "[DONE] and CR", edits: do(sim.Done("[DONE]\r")), want: "ok"},
		{name: "[DONE] and blanks", edits: do(sim.Done("[DONE]  ")), want: "ok"},
		{name: "no [DONE]", edits: do(sim.WithoutDone()), want: "ok"},
		{name: "no [DONE], connection open", settle: settle, want: "ok",
			edits: do(sim.Usage(sim.UsageFinish), sim.WithoutDone(), sim.HoldOpen())},
		{name: "[DONE], connection open", edits: do(sim.HoldOpen()), want: "ok"},
		{name: "finish_reason, then silence", settle: settle, want: "ok usage=~ cost=~estimated",
			edits: do(sim.Usage(sim.UsageNone), sim.WithoutDone(), sim.HoldOpen())},
		{name: "finish_reason, then pings without end", settle: settle, want: "ok",
			edits: do(sim.Usage(sim.UsageFinish), sim.WithoutDone(), sim.HoldOpen(), sim.Pings(5*time.Millisecond))},
		{name: "finish_reason, then a reset", edits: do(sim.WithoutDone(),
			sim.Edit{Play: func(_ *sim.Request, p *sim.Play) { p.End = sim.EndReset }}), want: "ok"},
		{name: "finish_reason, then broken JSON", edits: stream(sayHi, stop, `{"cho`),
			want: `ok text="Hi" usage=~ cost=~estimated`},
		{name: "cut: clean end", edits: cut(3, sim.EndClean), want: "truncated/truncated " + part,
			says: "before any finish_reason"},
		{name: "cut: [DONE] without finish_reason", edits: do(sim.CutDone(3)), want: "truncated/truncated " + part,
			says: "[DONE] came before any finish_reason"},
		{name: "cut: invented usage, then [DONE]", edits: do(sim.CutInvented(3)),
			want: "truncated/truncated text=part usage=~ cost=~estimated"},
		{name: "cut: connection closed in the body", edits: cut(3, sim.EndAbort), want: "truncated/truncated " + part},
		{name: "cut: reset", edits: cut(3, sim.EndReset), want: "truncated/truncated " + part},
		{name: "cut: [DONE], finish_reason null", edits: do(sim.Finish("")),
			want: "truncated/truncated usage=~ cost=~estimated"},
		{name: "cut before any token: clean end", edits: cut(0, sim.EndClean),
			want: "empty/empty attempts=3 wait=2ms wait=4ms"},
		{name: "cut before any token: closed", edits: cut(0, sim.EndAbort),
			want: "failed/truncated attempts=3 wait=2ms wait=4ms"},
		{name: "cut before any token: reset", edits: cut(0, sim.EndReset),
			want: "failed/network attempts=3 wait=2ms wait=4ms"},
		{name: "cut before any token, then well", rules: []sim.Rule{{Times: 1, Do: cut(0, sim.EndAbort)}},
			want: "ok attempts=2 wait=2ms"},
		{name: "finish_reason length", edits: do(sim.Finish("length")), want: "length finish=length"},
		{name: "finish_reason length without text", edits: do(sim.Text(""), sim.Finish("length")),
			want: `length text="" finish=length`},
		{name: "finish_reason content_filter", edits: do(sim.Finish("content_filter")),
			want: "filtered/content_filter finish=content_filter"},
		{name: "finish_reason tool_calls", edits: do(sim.ToolCalls(relay.ToolCall{ID: "a", Name: "f", Arguments: `{}`})),
			want: `ok text="" tool=f{} finish=tool_calls`},
		{name: "finish_reason error after text", edits: do(sim.Finish("error")), want: "truncated/truncated"},
		{name: "finish_reason error at once", edits: do(sim.Text(""), sim.Finish("error"), sim.Usage(sim.UsageNone)),
			want: "failed/upstream attempts=3 wait=2ms wait=4ms"},
		{name: "finish_reason repetition", edits: do(sim.Finish("repetition")), want: "truncated/truncated"},
		{name: "finish_reason odd", edits: do(sim.Finish("odd")), want: "incomplete finish=odd"},
		{name: "finish_reason odd without text", edits: do(sim.Text(""), sim.Finish("odd"), sim.Usage(sim.UsageNone)),
			want: "empty/empty" + thrice, says: "odd"},
		{name: "finish_reason stop, the provider's own is MAX_TOKENS", edits: stream(sayHi,
			strings.Replace(stop, `"stop"`, `"stop","native_finish_reason":"MAX_TOKENS"`, 1), counted, "[DONE]"),
			want: `length text="Hi" finish=MAX_TOKENS`},
		{name: "stop on every chunk, [DONE]", edits: stream(hiStop, hiStop, counted, "[DONE]"), want: `ok text="HiHi"` +
			early},
		{name: "stop on every chunk, a clean end", edits: stream(hiStop, hiStop),
			want: `truncated/truncated text="HiHi" usage=~ cost=~estimated` + early, says: "finish_reason before the end"},
		{name: "stop on every chunk, a reset", edits: do(sim.Edit{Play: func(_ *sim.Request, p *sim.Play) {
			p.Frames = []sim.Frame{{Data: hiStop, Content: true}, {Data: hiStop, Content: true}, {Data: counted}}
			p.End = sim.EndReset
		}}), want: `truncated/truncated text="HiHi" usage=~ cost=~estimated` + early, says: "network"},
		{name: "two finish chunks", edits: stream(sayHi, stop, stop, counted, "[DONE]"), want: `ok text="Hi"`},
		{name: "a broken event", edits: do(sim.Garbage(3)), want: "truncated/truncated " + part, says: "not JSON"},
		{name: "a broken event at once", edits: do(sim.Garbage(0)), want: "failed/protocol", says: "not JSON"},
		{name: "stop without text", edits: do(sim.Text(""), sim.Usage(sim.UsageNone)),
			want: "empty/empty attempts=3 wait=2ms wait=4ms"},
		{name: "stop without text, but billed", edits: do(sim.Text("")),
			want: "empty/empty usage=3000(1200,0)+1500(300) cost=relay:0.036000 attempts=3 wait=2ms wait=4ms"},
		{name: "reasoning without an answer", edits: do(sim.Text(""), sim.Reason("reasoning", "hm"),
			sim.Usage(sim.UsageNone)), want: `empty/empty reasoning="hm" usage=~ cost=~estimated attempts=3 wait=2ms wait=4ms`},
	}
}

// insides: what a 200 can hold.
func insides() []variant {
	const part = "text=part usage=~ cost=~estimated"
	const thrice = " attempts=3 wait=2ms wait=4ms"
	plain := func(r *relay.Request) { r.Plain = true }
	list := []variant{
		{name: "200: empty body", edits: do(sim.Empty()), want: "empty/empty" + thrice},
		{name: "200: HTML", edits: do(sim.HTML(200)), want: "failed/protocol", says: "200 OK"},
		{name: "200: plain text", edits: do(sim.Body(200, "text/plain", "upstream connect error")), want: "failed/protocol",
			says: "upstream connect error"},
		{name: "200: JSON for a stream", edits: do(sim.AsJSON()), want: "ok chunks=1/" + tokensOfHello()},
		{name: "200: JSON for a stream, then [DONE]", edits: do(sim.AsJSON(), sim.ThenDone()),
			want: "ok chunks=1/" + tokensOfHello()},
		{name: "200: JSON for plain", ask: plain, want: "ok chunks=1/" + tokensOfHello()},
		{name: "200: SSE for plain", ask: plain, edits: do(sim.AsSSE(), sim.Usage(sim.UsageNullRun)), want: "ok"},
		{name: "200: an error as plain JSON", edits: do(sim.Body(200, "application/json", sim.InlineIntCode)),
			want: "failed/rate_limit" + thrice},
		{name: "200: half a JSON answer", ask: plain,
			edits: do(sim.Body(200, "application/json", `{"choices":[{"index":0,"message":{"content":"Hel`)),
			want:  "failed/truncated" + thrice},
		{name: "200: null", edits: do(sim.Body(200, "application/json", `null`)), want: "failed/protocol"},
		{name: "200: {}", edits: do(sim.Body(200, "application/json", `{}`)), want: "empty/empty" + thrice},
		{name: "200: error event in plain text",
			edits: do(sim.Body(200, "text/event-stream", "event: error\ndata: no luck\n\n")),
			want:  "failed/upstream" + thrice, says: "no luck"},
		{name: "200: error null is not an error",
			edits: stream(`{"error":null,"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}`, stop,
				counted), want: `ok text="Hi"`},
	}
	for shape, class := range map[string]string{sim.InlineObject: "upstream", sim.InlineString: "upstream",
		sim.InlineIntCode:  "rate_limit",
		sim.InlineTextCode: "rate_limit", sim.InlineNullCode: "upstream", sim.InlineMistral: "overloaded",
		sim.InlineAnthropic:                     "overloaded",
		`{"error":{"message":"no","code":401}}`: "auth", `{"error":{"message":"no","code":"402"}}`: "quota",
		`{"error":{"message":"no","code":400}}`: "invalid"} {
		name, after := shape[:min(len(shape), 48)], thrice
		if slices.Contains([]string{"auth", "quota", "invalid"}, class) {
			after = ""
		}
		list = append(list,
			variant{name: "error inside, at once: " + name, edits: do(sim.Inline(shape, 0)), want: "failed/" + class + after},
			variant{name: "error inside, later: " + name, edits: do(sim.Inline(shape, 3)), want: "truncated/truncated " + part,
				says: class + ": "},
			variant{name: "event: error: " + name, edits: do(sim.InlineEvent(shape, 3)), want: "truncated/truncated " + part,
				says: class + ": "})
	}
	return list
}
