package widget

import (
	"strconv"
	"time"

	"relaytop/ui/text"
)

// FactGap separates two facts on a line.
const FactGap = " · "

// Facts joins as many facts as fit into w cells, and returns how many that are. The first one is always there: it is
// cut if it does not fit.
func Facts(facts []string, w int) (line string, n int) {
	for i, f := range facts {
		if i > 0 {
			f = FactGap + f
		}
		if i > 0 && text.Width(line)+text.Width(f) > w {
			break
		}
		line += f
		n++
	}
	return text.Truncate(line, w), n
}

// Countdown formats the time left in whole seconds, rounded up: "0 s" means that no time is left.
func Countdown(d time.Duration) string {
	return strconv.Itoa(int((max(d, 0)+time.Second-1)/time.Second)) + " s"
}

// Speed formats tokens a second: under 10 with one decimal, else without decimals.
func Speed(v float64) string {
	if v < 9.95 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return Count(int64(v + 0.5))
}

// File is the label of a file that is attached to a message: its name in at most cells cells, its size in bytes, and
// about how many tokens it takes. A size of 0 is not shown.
func File(name string, cells int, size, tokens int64) string {
	s := text.Truncate(text.Line(name), cells)
	if size > 0 {
		s += " " + Bytes(size).String()
	}
	return s + " " + AboutTokens(tokens)
}

// AboutTokens formats an estimate of tokens: ~1.2k tok.
func AboutTokens(n int64) string { return About(Short(n), true) + " tok" }
