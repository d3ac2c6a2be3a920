package openai

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"relaytop/relay/openai/wire"
)

// fit reads a refusal of a request whose max_tokens was asked: how many output tokens would have been taken? 0: the
// message does not say, or it is not about max_tokens.
func fit(message string, asked int64) int64 {
	low := strings.ToLower(message)
	if asked <= 0 || !strings.Contains(low, "token") {
		return 0
	}
	all := numbers(low)
	others := slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return n == asked })
	times := len(all) - len(others) // that the message names it
	about := times > 0 || strings.Contains(low, "max_tokens")
	slices.Sort(others)
	others = slices.Compact(others)
	input, window := int64(0), int64(0)
	for _, n := range others {
		if at := slices.Index(others, n+asked); at >= 0 { // the sum of input and max_tokens
			about = true
			input, others = n, slices.Delete(others, at, at+1)
			break
		}
	}
	if _, behind, ok := strings.Cut(low, ">"); ok {
		if n := numbers(behind); len(n) > 0 && slices.Contains(others, n[0]) {
			window = n[0]
		}
	}
	switch {
	case !about:
	case len(others) == 2 && input == others[1], len(others) == 2 && window == others[0]:
		input, window = others[1], others[0]
	case len(others) == 2:
		input, window = others[0], others[1]
	case len(others) == 1 && times > 1 && containsAny(low, []string{"input", "prompt", "messages"}):
		input, window = others[0], asked
	case len(others) == 1: // a limit on the output alone
		input, window = 0, others[0]
	}
	if room := window - input; room >= 1 && room < asked {
		return room
	}
	return 0
}

// numbers returns the numbers of a text that are not part of a name.
func numbers(s string) (list []int64) {
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t()[]{}<>=+:;`'\"", r) })
	for _, w := range words {
		w = strings.ReplaceAll(strings.TrimRight(w, ".,"), ",", "")
		if n, err := strconv.ParseInt(w, 10, 64); err == nil && n > 0 {
			list = append(list, n)
		}
	}
	return list
}

// limitOut finds out whether max_tokens is what was refused. less is the limit to send in its place; 0: none, since
// it was not ours, or it has been lowered before. Then the advice names it.
func (a *attempt) limitOut(refusal, body []byte) (less int64) {
	asked := wire.MaxTokens(body)
	message := wire.ReadError(refusal).Message
	fits := fit(message, asked)
	if fits == 0 && a.lowered != "" { // the relay still speaks of what was asked first
		if fits = fit(message, a.askedFirst); fits > 0 {
			asked = a.askedFirst
		}
	}
	switch {
	case fits == 0:
	case a.lowered == "" && (asked == a.call.MaxTokens || asked == a.call.Request.OurMaxTokens()):
		a.askedFirst = asked
		a.lowered = fmt.Sprintf("max_tokens %d does not fit: sent with %d", asked, fits)
		return fits
	default:
		a.tokensHint = fmt.Sprintf("lower max_tokens: %d were asked for, %d fit", asked, fits)
	}
	return 0
}
