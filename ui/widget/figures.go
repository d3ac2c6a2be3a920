package widget

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"relaytop/ui/style"
)

// None is shown for a figure that is unknown: a zero would be wrong.
const None = "–"

// Figure is a value and its unit, to be painted separately: the value in Text, the unit in Muted.
type Figure struct{ Value, Unit string }

// String is the plain figure.
func (f Figure) String() string {
	if f.Unit == "" {
		return f.Value
	}
	return f.Value + " " + f.Unit
}

// Duration formats a latency: under 1 s in whole ms, under a minute in seconds with two decimals, else as Clock. A
// negative one is unknown.
func Duration(d time.Duration) Figure {
	switch {
	case d < 0:
		return Figure{Value: None}
	case d < 999500*time.Microsecond:
		return Figure{strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10), "ms"}
	case d < 59995*time.Millisecond:
		return Figure{strconv.FormatFloat(d.Seconds(), 'f', 2, 64), "s"}
	}
	return Figure{Value: Clock(d)}
}

// Seconds formats a duration under a minute in seconds with one decimal, rounded down: 3.8 s. A longer one is as
// Clock.
func Seconds(d time.Duration) Figure {
	if d >= time.Minute {
		return Figure{Value: Clock(d)}
	}
	return Figure{strconv.FormatFloat(math.Floor(max(d, 0).Seconds()*10)/10, 'f', 1, 64), "s"}
}

// Clock formats a duration in its two largest units: 42s, 8m19s, 2h05m, 3d04h.
func Clock(d time.Duration) string {
	s := int64(max(d, 0).Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm%02ds", s/60, s%60)
	case s < 86400:
		return fmt.Sprintf("%dh%02dm", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%dd%02dh", s/86400, s%86400/3600)
}

// Saved paints what was saved against the list price. What costs more than the list is never green.
func Saved(st *style.Styles, amount string, more bool) string {
	ink := st.OK
	if more {
		ink = st.Warn
	}
	return ink.Paint(amount)
}

// About marks a figure that is an estimate: ~$0.02.
func About(figure string, estimated bool) string {
	if estimated {
		return "~" + figure
	}
	return figure
}

// Count formats a whole number with thousands separators: 1,204. From 10 million on it is as Short.
func Count(n int64) string {
	if n >= 10_000_000 || n <= -10_000_000 {
		return Short(n)
	}
	return grouped(strconv.FormatInt(n, 10))
}

// Short formats a number in at most five cells: 940, 65.1k, 100k, 1.0M, 128k.
func Short(n int64) string {
	if n < 0 {
		return "-" + Short(-n)
	}
	f := float64(n)
	for _, u := range []struct {
		size float64
		name string
	}{{1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}} {
		switch v := f / u.size; {
		case f < 1000:
			return strconv.FormatInt(n, 10)
		case v < 9.95, v < 99.95 && u.name == "k" && n%1000 != 0, v < 99.95 && u.name != "k":
			return strconv.FormatFloat(v, 'f', 1, 64) + u.name
		case v < 999.5:
			return strconv.FormatFloat(v, 'f', 0, 64) + u.name
		}
	}
	return strconv.FormatFloat(f/1e12, 'g', 3, 64) + "T"
}

// Percent formats a share of 0 to 1 with one decimal: 1.3%. NaN is unknown.
func Percent(share float64) string {
	if math.IsNaN(share) {
		return None
	}
	return strconv.FormatFloat(100*share, 'f', 1, 64) + "%"
}

// Rate formats a number a second: under 10 with two decimals, under 100 with one, else without decimals. NaN is
// unknown.
func Rate(v float64) string {
	switch {
	case math.IsNaN(v):
		return None
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return grouped(strconv.FormatFloat(v, 'f', 0, 64))
}

// Bytes formats a size in powers of 1000: 812 B, 17.2 MB.
func Bytes(n int64) Figure {
	if n < 1000 {
		return Figure{strconv.FormatInt(n, 10), "B"}
	}
	f, unit := float64(n)/1e3, "kB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if f < 999.95 {
			break
		}
		f, unit = f/1e3, next
	}
	return Figure{strconv.FormatFloat(f, 'f', 1, 64), unit}
}

// Ago formats how long ago t was: now, 38 s ago, 12 min ago, 3 h ago, 27 Feb, 27 Feb 2024. The zero time is unknown.
func Ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return None
	case d < 10*time.Second:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d/time.Minute))
	case d < 20*time.Hour:
		return fmt.Sprintf("%d h ago", int(d/time.Hour))
	}
	if t.Year() == now.Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// grouped puts commas between the thousands of a decimal number.
func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest, _ := strings.Cut(s, ".")
	if len(s) > len(whole) {
		rest = "." + rest
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + rest
}
