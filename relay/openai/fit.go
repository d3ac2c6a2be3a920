package openai

import (
	"fmt"
	"regexp"
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
	if room := stated(low, asked); room > 0 {
		return room
	}
	all := numbers(low)
	others := slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return n == asked })
	times := len(all) - len(others) // that the message names it
	about := times > 0 || containsAny(low, []string{"max_tokens", "max_completion_tokens", "max_new_tokens",
		"max_output_tokens", "tokens you requested"})
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
	if _, behind, ok := strings.Cut(low, " > "); ok {
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

// largestWindow is more tokens than any model takes.
const largestWindow = 100_000_000

// inRange finds the range of a parameter: "max_tokens should be [1, 2048]". inTotal finds a limit and what was
// requested of it, input included: "Limit 6000, Requested 6500". afford finds what the rest of an account pays for.
var (
	inRange = regexp.MustCompile(`max_(?:completion_|new_|output_)?tokens[^\[\]]{0,60}\[\s*\d+\s*[,~]\s*([\d,]+)\s*\]`)
	inTotal = regexp.MustCompile(`limit:?\s+([\d,]+)\b.{0,40}\brequested:?\s+([\d,]+)`)
	afford  = regexp.MustCompile(`can only afford ([\d,]+)`)
)

// stated reads the output tokens that fit where the message gives them in a form of its own; 0: it does not.
func stated(low string, asked int64) (room int64) {
	if m := inRange.FindStringSubmatch(low); m != nil {
		room = numberOf(m[1])
	} else if m := inTotal.FindStringSubmatch(low); m != nil {
		room = numberOf(m[1]) - (numberOf(m[2]) - asked)
		if numberOf(m[2]) <= asked { // what was requested is no sum with our limit
			room = 0
		}
	} else if m := afford.FindStringSubmatch(low); m != nil && strings.Contains(low, "max_tokens") {
		room = numberOf(m[1])
	}
	if room < 1 || room >= asked {
		return 0
	}
	return room
}

// numberOf reads a number with commas between its thousands or without; 0: it is none.
func numberOf(s string) int64 {
	n, _ := strconv.ParseInt(strings.ReplaceAll(s, ",", ""), 10, 64)
	return n
}

// numbers returns the numbers of a text that are not part of a name.
func numbers(s string) (list []int64) {
	words := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t()[]{}<>=+:;`'\"", r) })
	for _, w := range words {
		w = strings.ReplaceAll(strings.TrimRight(w, ".,"), ",", "")
		if n, err := strconv.ParseInt(w, 10, 64); err == nil && n > 0 && n <= largestWindow { // else an id or a time
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
