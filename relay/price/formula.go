package price

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"text/scanner"

	"relaytop/relay"
)

// errFormula says that a formula is not one that can be evaluated.
var errFormula = errors.New("not a formula that is known")

// The bounds of a formula: its length in bytes, how deep it nests, and the bits of a number in it.
const (
	maxFormula = 8 << 10
	maxNesting = 64
	maxBits    = 8 << 10
)

// formula evaluates a price formula such as len <= 200000 ? tier("short", p*3 + c*15) : tier("long", p*6 + c*22.5).
// Its value is in USD for a million of what it counts. The names are new-api's: p and c are the tokens in and out, len
// is all of the input, cr and cc are read from the cache and written to it, and are not in p where the formula names
// them.
//
// What depends on the clock, such as hour("UTC") < 8, has no value: both branches are evaluated then, the dearer one
// counts, and the result is unsure. A parameter or header of the request counts as not sent, which is unsure too.
type formula struct {
	scan   scanner.Scanner
	tok    rune
	vars   map[string]*big.Rat
	depth  int
	failed error
}

// value is a number, or a truth as 1 or 0. With a nil number it is not known.
type value struct {
	n      *big.Rat
	unsure bool
	absent bool // a parameter or header that is not sent, compared as a text
}

// evaluate computes a formula for a usage.
func evaluate(expr string, u relay.Usage) (dollars *big.Rat, unsure bool, err error) {
	if len(expr) > maxFormula || strings.TrimSpace(expr) == "" {
		return nil, false, errFormula
	}
	expr = strings.TrimPrefix(strings.TrimSpace(expr), "v1:")
	input := max(u.Input, 0)
	cached := min(max(u.Cached, 0), input)
	write := min(max(u.CacheWrite, 0), input-cached)
	rest := input
	if names(expr, "cr") {
		rest -= cached
	}
	if names(expr, "cc") {
		rest -= write
	}
	f := &formula{vars: map[string]*big.Rat{}}
	for name, n := range map[string]int64{"p": rest, "len": input, "c": max(u.Output, 0), "cr": cached, "cc": write,
		"cc1h": 0, "img": 0, "img_o": 0, "ai": 0, "ao": 0, "true": 1, "false": 0} {
		f.vars[name] = new(big.Rat).SetInt64(n)
	}
	f.scan.Init(strings.NewReader(expr))
	f.scan.Mode = scanner.ScanIdents | scanner.ScanFloats | scanner.ScanStrings | scanner.ScanChars
	f.scan.Error = func(*scanner.Scanner, string) { f.fail("") }
	f.next()
	v := f.choice()
	if f.tok != scanner.EOF {
		f.fail(f.scan.TokenText())
	}
	switch {
	case f.failed != nil:
		return nil, false, f.failed
	case v.n == nil || v.n.Sign() < 0:
		return nil, false, errFormula
	}
	return v.n, v.unsure, nil
}

// names reports whether a formula uses a variable.
func names(expr, name string) bool {
	var s scanner.Scanner
	s.Init(strings.NewReader(expr))
	s.Error = func(*scanner.Scanner, string) {}
	for tok := s.Scan(); tok != scanner.EOF; tok = s.Scan() {
		if tok == scanner.Ident && s.TokenText() == name {
			return true
		}
	}
	return false
}

func (f *formula) next() { f.tok = f.scan.Scan() }

// fail ends the evaluation at a token.
func (f *formula) fail(at string) {
	if f.failed == nil {
		f.failed = errFormula
		if at != "" {
			f.failed = fmt.Errorf("%w: %q", errFormula, text(at))
		}
	}
	f.tok = scanner.EOF
}

// accept consumes an operator.
func (f *formula) accept(op string) bool {
	if f.tok != rune(op[0]) || len(op) == 2 && f.scan.Peek() != rune(op[1]) {
		return false
	}
	if len(op) == 2 {
		f.scan.Next()
	}
	f.next()
	return true
}

// choice reads condition ? a : b.
func (f *formula) choice() value {
	if f.depth++; f.depth > maxNesting {
		f.fail("")
	}
	defer func() { f.depth-- }()
	v := f.either()
	if !f.accept("?") {
		return v
	}
	a := f.choice()
	if !f.accept(":") {
		f.fail(f.scan.TokenText())
	}
	b := f.choice()
	switch {
	case v.n == nil:
		return dearer(a, b)
	case v.n.Sign() == 0:
		a = b
	}
	a.unsure = a.unsure || v.unsure
	return a
}

// dearer is the higher of two values, one of which is right.
func dearer(a, b value) value {
	if a.n == nil || b.n != nil && b.n.Cmp(a.n) > 0 {
		a = b
	}
	return value{n: a.n, unsure: true}
}

func (f *formula) either() value {
	v := f.both()
	for f.accept("||") {
		w := f.both()
		v = not(join(not(v), not(w)))
	}
	return v
}

func (f *formula) both() value {
	v := f.compared()
	for f.accept("&&") {
		w := f.compared()
		v = join(v, w)
	}
	return v
}

// join reports whether two truths are both true.
func join(v, w value) value {
	no := func(v value) bool { return v.n != nil && v.n.Sign() == 0 }
	switch {
	case no(v) && !v.unsure:
		return v
	case no(w) && (!w.unsure || !no(v)):
		return w
	case no(v):
		return v
	case v.n == nil || w.n == nil:
		return value{}
	}
	both := truth(true)
	both.unsure = v.unsure || w.unsure
	return both
}

func not(v value) value {
	if v.n == nil {
		return value{}
	}
	no := truth(v.n.Sign() == 0)
	no.unsure = v.unsure
	return no
}

func truth(is bool) value {
	if is {
		return value{n: big.NewRat(1, 1)}
	}
	return value{n: new(big.Rat)}
}

func (f *formula) compared() value {
	v := f.sum()
	for _, op := range []struct {
		sign string
		is   func(order int) bool
	}{
		{"<=", func(o int) bool { return o <= 0 }}, {">=", func(o int) bool { return o >= 0 }},
		{"==", func(o int) bool { return o == 0 }}, {"!=", func(o int) bool { return o != 0 }},
		{"<", func(o int) bool { return o < 0 }}, {">", func(o int) bool { return o > 0 }},
	} {
		if !f.accept(op.sign) {
			continue
		}
		w := f.sum()
		if v.absent || w.absent {
			is := truth(op.sign == "!=")
			is.unsure = true
			return is
		}
		if v.n == nil || w.n == nil || v.unsure || w.unsure {
			return value{}
		}
		return truth(op.is(v.n.Cmp(w.n)))
	}
	return v
}

func (f *formula) sum() value {
	v := f.product()
	for {
		switch {
		case f.accept("+"):
			v = combine(v, f.product(), (*big.Rat).Add)
		case f.accept("-"):
			v = combine(v, f.product(), (*big.Rat).Sub)
		default:
			return v
		}
	}
}

func (f *formula) product() value {
	v := f.operand()
	for {
		switch {
		case f.accept("*"):
			v = combine(v, f.operand(), (*big.Rat).Mul)
		case f.accept("/"):
			w := f.operand()
			if w.n == nil || w.n.Sign() == 0 {
				f.fail("/")
				return value{}
			}
			v = combine(v, w, (*big.Rat).Quo)
		default:
			return v
		}
	}
}

// combine computes with two numbers; without one of them the result is not known.
func combine(a, b value, do func(z, x, y *big.Rat) *big.Rat) value {
	if a.n == nil || b.n == nil {
		return value{}
	}
	n := do(new(big.Rat), a.n, b.n)
	if n.Num().BitLen()+n.Denom().BitLen() > maxBits {
		return value{}
	}
	return value{n: n, unsure: a.unsure || b.unsure}
}

// operand reads a number, a name, a call, or something in parentheses.
func (f *formula) operand() value {
	word := f.scan.TokenText()
	switch {
	case f.accept("("):
		v := f.choice()
		if !f.accept(")") {
			f.fail(f.scan.TokenText())
		}
		return v
	case f.accept("-"):
		return combine(value{n: new(big.Rat)}, f.operand(), (*big.Rat).Sub)
	case f.accept("!"):
		return not(f.operand())
	case f.tok == scanner.Int || f.tok == scanner.Float:
		f.next()
		n, err := decimal(word)
		if err != nil {
			f.fail(word)
		}
		return value{n: n}
	case f.tok == scanner.String || f.tok == scanner.Char:
		f.next()
		return value{} // only ever compared with what is not known
	case f.tok == scanner.Ident:
		f.next()
		if f.accept("(") {
			return f.call(word)
		}
		if n, ok := f.vars[word]; ok {
			return value{n: n}
		}
	}
	f.fail(word)
	return value{}
}

// call reads the arguments of a function, up to the closing parenthesis.
func (f *formula) call(name string) value {
	var args []value
	for f.tok != ')' && f.failed == nil {
		args = append(args, f.choice())
		if !f.accept(",") {
			break
		}
	}
	if !f.accept(")") {
		f.fail(f.scan.TokenText())
	}
	switch name {
	case "tier": // the name of the tier, its value, and perhaps a remark
		if len(args) >= 2 {
			return args[1]
		}
	case "max", "min":
		return extreme(args, name == "max")
	case "param", "header":
		return value{absent: true}
	case "has":
		return value{n: new(big.Rat), unsure: true}
	case "hour", "minute", "weekday", "day", "month":
		return value{}
	}
	f.fail(name)
	return value{}
}

// extreme is the highest or lowest of some numbers.
func extreme(args []value, high bool) value {
	var v value
	for i, a := range args {
		if a.n == nil {
			return value{}
		}
		if i == 0 || high == (a.n.Cmp(v.n) > 0) && a.n.Cmp(v.n) != 0 {
			v.n = a.n
		}
		v.unsure = v.unsure || a.unsure
	}
	return v
}
