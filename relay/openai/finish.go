package openai

import (
	"slices"
	"strings"
	"unicode"

	"relaytop/relay/openai/wire"
)

// ending is the meaning of a finish_reason.
type ending uint8

const (
	unfinished ending = iota
	complete
	tooLong
	filtered
	broken
	unknown // an undocumented word: the answer may be complete or not
)

// endingOf returns the meaning of a finish_reason. Good words are known by their whole, bad ones by a part: vendors
// write END_TURN, endTurn and end-turn, and invent names for what went wrong.
func endingOf(finish string) ending {
	word := strings.Map(wordRune, finish)
	if word == "" && strings.TrimSpace(finish) != "" {
		return unknown
	}
	switch word {
	case "", "null", "none", "nil", "undefined":
		return unfinished
	case "stop", "eos", "eostoken", "endturn", "stopsequence", "toolcalls", "functioncall", "tooluse", "complete",
		"completed":
		return complete
	}
	has := func(parts ...string) bool { return containsAny(word, parts) }
	switch {
	case has("prohibit", "safety", "block", "filter", "refus", "spii", "recitation", "sensitive", "guardrail", "moderat"):
		return filtered
	case has("length", "maxtokens", "maxoutputtokens", "maxnewtokens", "maxcompletiontokens", "contextwindow"):
		return tooLong
	case has("repet", "abort", "cancel", "error", "malformed", "resource", "timeout", "fail", "interrupt"):
		return broken
	}
	return unknown
}

// wordRune maps letters to lower case and drops what joins words. Anything else stays, and makes another word.
func wordRune(r rune) rune {
	if strings.ContainsRune("_-. \t\r\n", r) {
		return -1
	}
	return unicode.ToLower(r)
}

// closing is how a stream came to its end.
type closing uint8

const (
	brokeOff closing = iota // an error, or one of our timers
	byDone
	byEOF
)

// finishes follows the finish_reasons of one answer. A finish_reason ends an answer only if nothing follows it:
// bridges put "stop" on every chunk.
type finishes struct {
	word     string   // the newest finish_reason as sent; "": none
	native   string   // the native_finish_reason sent with it
	early    []string // words that content followed: on this stream they mean nothing
	distrust bool     // that content followed a finish_reason is known of the endpoint and model
	content  bool     // content came
	open     bool     // content came in a chunk without a finish_reason
	late     bool     // a finish_reason came after content, or with it if open
	closing  closing
	counted  bool // usage came before the last content
	usage    bool // usage came with or after the last content, and not before
	totals   bool // usage came after the last content, in a chunk of its own
}

// see takes in a chunk. token: it has a token that a person could see. Its finish_reason comes after its content.
func (f *finishes) see(c *wire.Chunk, token bool) {
	if token {
		f.meansNothing(f.word)
		f.meansNothing(f.native)
	}
	if word := wire.Name(strings.TrimSpace(c.Finish)); endingOf(word) != unfinished {
		if !f.outweighs(endingOf(word)) {
			f.word, f.native = word, wire.Name(strings.TrimSpace(c.Native))
		}
		f.late = f.late || f.open || f.content && !token
	} else {
		f.open = f.open || token
	}
	f.content = f.content || token
	if token {
		f.usage, f.totals = c.Usage != nil && !f.counted, false
	} else {
		f.usage, f.totals = f.usage || c.Usage != nil, f.totals || c.Usage != nil
	}
	f.counted = f.counted || c.Usage != nil
}

// meansNothing records a word that content followed.
func (f *finishes) meansNothing(word string) {
	if word != "" && !slices.Contains(f.early, word) {
		f.early = append(f.early, word)
	}
}

// outweighs reports whether the finish_reason so far says more than a later one: an answer that was cut or filtered
// is not made whole by a "stop" with nothing in between.
func (f *finishes) outweighs(later ending) bool {
	switch end, word := f.says(); end {
	case tooLong, filtered, broken:
		return later == complete && !slices.Contains(f.early, word)
	case unfinished, complete, unknown:
	}
	return false
}

// says returns the meaning of the newest finish_reason, and the word that decides it.
func (f *finishes) says() (ending, string) {
	end, word := endingOf(f.word), f.word
	if endingOf(f.native) != unfinished && strings.EqualFold(word, "stop") && endingOf(f.native) != complete {
		return endingOf(f.native), f.native
	}
	return end, word
}

// premature reports whether a finish_reason of this stream does not end it.
func (f *finishes) premature() bool { return f.distrust || len(f.early) > 0 }

// ends reports whether a finish_reason has come that ends the answer unless something follows.
func (f *finishes) ends() bool { return f.word != "" && !f.premature() }

// settles reports whether what may follow the finish_reason is not worth a long wait. One that comes with the very
// first content may be on every chunk, and so may usage: then usage must have come in a chunk of its own.
func (f *finishes) settles() bool { return (f.late || f.totals) && f.ends() }

// judge returns the meaning of what ended the stream, and the word that says it.
func (f *finishes) judge() (ending, string) {
	end, word := f.says()
	if !f.premature() {
		return end, word
	}
	if end != unknown && slices.Contains(f.early, word) {
		end = complete // the word means nothing: what closed the stream decides
	}
	if end == complete && f.closing != byDone && !(f.closing == byEOF && f.usage) {
		return unfinished, ""
	}
	return end, word
}
