package widget

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/style"
)

func TestStrip(t *testing.T) {
	st := look(t, "dark", style.Braille)
	d := StripData{
		Demo: true, Relay: "sim", Model: "gpt-4.1", Req: "3.90", Tok: "367", TTFT50: Figure{"284", "ms"},
		TTFT95: Figure{"612", "ms"}, Err: "1.3%", InFlight: 11,
		Spend: Spend{Settled: "$0.5711", Short: "$0.57", PerMinute: "$0.0480"},
	}
	for w, want := range map[int]string{
		120: " DEMO  sim │ gpt-4.1 │ req/s 3.90 │ tok/s 367 │ TTFT 284/612 ms │ err 1.3% │ in flight 11         " +
			"$0.5711 ($0.0480/min) ",
		80: " DEMO  gpt-4.1 │ req/s 3.90 │ tok/s 367 │ TTFT 284/612 ms │ err 1.3%    $0.5711 ",
		60: " DEMO  req/s 3.90  tok/s 367  TTFT 284 ms  err 1.3%   $0.57 ",
	} {
		if got := ansi.Strip(Strip(st, w, d)); got != want {
			t.Errorf("%d:\n got %q\nwant %q", w, got, want)
		}
	}
	if got := ansi.Strip(Strip(st, 80, StripData{})); !strings.HasPrefix(got,
		" req/s – │ tok/s – │ TTFT – │ err –") {
		t.Errorf("without figures: %q", got)
	}
	d.Waiting = 3
	for _, w := range []int{120, 80} {
		if got := ansi.Strip(Strip(st, w, d)); !strings.Contains(got, "│ waiting 3") && w > 80 || len([]rune(got)) != w {
			t.Errorf("what waits is not shown: %q", got)
		}
	}
	d.Waiting, d.TTFT95 = 0, Figure{"1.20", "s"}
	if got := ansi.Strip(Strip(st, 120, d)); !strings.Contains(got, "TTFT 284 ms/1.20 s") {
		t.Errorf("two units: %q", got)
	}
}

func TestFooterDropsFromTheRight(t *testing.T) {
	st := look(t, "dark", style.Braille)
	hints := []Hint{{"enter", "queue"}, {"ctrl+j", "new line"}, {"esc", "stop"}, {"tab", "next pane"},
		{"ctrl+p", "palette"}}
	for w, want := range map[int]string{
		80: " enter queue   ctrl+j new line   esc stop   tab next pane              F10 help ",
		60: " enter queue   ctrl+j new line   esc stop          F10 help ",
	} {
		if got := ansi.Strip(Footer(st, w, hints, Hint{"F10", "help"})); got != want {
			t.Errorf("%d:\n got %q\nwant %q", w, got, want)
		}
	}
}

func TestTabs(t *testing.T) {
	st := look(t, "dark", style.Braille)
	tabs := []Tab{{"1 chat", true}, {"2 batch 3,062/5,000", false}, {"3 metrics", false}}
	if got := ansi.Strip(Tabs(st, 80, tabs,
		"Retry budget in Go")); got != "  1 chat   2 batch 3,062/5,000   3 metrics                   Retry budget in Go " {
		t.Errorf("got %q", got)
	}
	if got := ansi.Strip(Tabs(st, 60, tabs, "Retry budget in Go")); strings.Contains(got, "Retry") {
		t.Errorf("the title does not fit: %q", got)
	}
	for x, want := range map[int]int{0: -1, 1: 0, 8: 0, 9: -1, 10: 1, 30: 1, 32: 2, 79: -1} {
		if got := TabAt(tabs, x); got != want {
			t.Errorf("column %d is tab %d, want %d", x, got, want)
		}
	}
}

func TestBoxTitles(t *testing.T) {
	st := look(t, "dark", style.Braille)
	for w, want := range map[int]string{
		63: "╭─ 1 chat  Retry budget in Go ────────────────────── gpt-4.1 ─╮",
		30: "╭─ 1 chat  Retry …  gpt-4.1 ─╮",
		14: "╭─ 1 chat ───╮",
	} {
		got, _, _ := strings.Cut(ansi.Strip(Box(st, w, 3, "1 chat", "Retry budget in Go", "gpt-4.1", true, "")), "\n")
		if got != want {
			t.Errorf("%d:\n got %s\nwant %s", w, got, want)
		}
	}
}

func TestSelectedLineReachesTheMargin(t *testing.T) {
	for _, theme := range []string{"dark", "mono"} {
		st := look(t, theme, style.Braille)
		rows := Table(st, 20, []Column{{"row", 4, true}, {"answer", 0, false}},
			[][]string{{"1", st.Muted.Paint("x")}, {"2", "y"}}, 1)
		lines := strings.Split(Box(st, 24, 5, "2 batch", "", "", false, strings.Join(rows, "\n")), "\n")
		if got := ansi.Strip(lines[3]); got != "│▌   2  y              │" {
			t.Errorf("%s: %q", theme, got)
		}
		if !strings.Contains(lines[3], st.Start(style.Sel)) ||
			!strings.Contains(lines[3], " "+st.Start(style.Bg)+st.Border.Start()) {
			t.Errorf("%s: the selection ends early: %q", theme, lines[3])
		}
		if strings.Contains(lines[2], "▌") {
			t.Errorf("%s: a row that is not selected is marked", theme)
		}
	}
}

func TestFit(t *testing.T) {
	st := look(t, "dark", style.Braille)
	for _, tc := range []struct{ got, want string }{
		{Fit("日本語", 5), "日本…"}, {Fit("日本語", 4), "日… "}, {Fit("ab", 4), "ab  "}, {FitRight("ab", 4), "  ab"},
		{FitEnd("abcdef", 4), "…def"},
		{FitEnd("日本語", 4), "…語 "}, {FitCentre("ab", 5), " ab  "}, {Spread("left side", "right", 12), "left … right"},
		{ansi.Strip(Fit(st.Text.Paint("abc")+st.Error.Paint("def"), 5)), "abcd…"},
		{Columns(1, NewBlock("a\nb", 2), NewBlock("c", 1)), "a  c\nb   "},
		{Lines([]string{"a", "b", "c"}, 2, 2), "a \nb "},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

func TestSpendOnTheStrip(t *testing.T) {
	for _, c := range []struct {
		spend              Spend
		wide, short, alone string
	}{
		{Spend{Settled: "$0.5799", Short: "$0.57"}, "$0.5799", "$0.57", "$0.5799"},
		{Spend{Unpriced: 3}, "unknown", "unknown", "unknown"},
		{Spend{Settled: "$0.0100", Short: "$0.01", Unpriced: 3}, "$0.0100", "$0.01", "$0.0100+?"},
	} {
		for _, got := range []struct{ sum, want string }{
			{c.spend.sum(false, false), c.wide}, {c.spend.sum(true, false), c.short}, {c.spend.sum(false, true), c.alone},
		} {
			if got.sum != got.want {
				t.Errorf("%+v is %s, want %s", c.spend, got.sum, got.want)
			}
		}
	}
	spend := Spend{Settled: "$0.0100", Pending: "~$0.0200", Unpriced: 1_200, PerMinute: "$0"}
	strip := ansi.Strip(Strip(look(t, "dark", style.Braille), 120, StripData{Spend: spend}))
	if !strings.HasSuffix(strip, " $0.0100 +~$0.0200 +1,200 unknown ($0/min) ") {
		t.Errorf("%q", strip)
	}
	spend = Spend{Unpriced: 1, PerMinute: "$0"}
	strip = ansi.Strip(Strip(look(t, "dark", style.Braille), 120, StripData{Spend: spend}))
	if strings.Count(strip, "unknown") != 1 || strings.Contains(strip, "$") {
		t.Errorf("a cost that is not known: %q", strip)
	}
}
