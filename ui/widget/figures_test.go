package widget

import (
	"math"
	"strings"
	"testing"
	"time"

	"relaytop/ui/style"
)

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1: None, 0: "0 ms", 284 * time.Millisecond: "284 ms", 999499 * time.Microsecond: "999 ms",
		999500 * time.Microsecond: "1.00 s",
		1140 * time.Millisecond:   "1.14 s", 59994 * time.Millisecond: "59.99 s", 59995 * time.Millisecond: "1m00s",
		499 * time.Second:  "8m19s",
		7500 * time.Second: "2h05m", 76 * time.Hour: "3d04h",
	} {
		if got := Duration(d).String(); got != want {
			t.Errorf("Duration(%v) = %s, want %s", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{3890 * time.Millisecond: "3.8 s", -1: "0.0 s",
		61 * time.Second: "1m01s"} {
		if got := Seconds(d).String(); got != want {
			t.Errorf("Seconds(%v) = %s, want %s", d, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1204: "1,204", 1_234_567: "1,234,567", 12_000_000: "12.0M",
		-1204: "-1,204"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0", 940: "940", 1000: "1.0k", 3900: "3.9k", 65_100: "65.1k", 99_999: "100k", 100_000: "100k", 128_000: "128k",
		999_499: "999k",
		999_500: "1.0M", 1_000_000: "1.0M", 12_345_678: "12.3M", 5_000_000_000: "5.0G", -1500: "-1.5k",
	} {
		if got := Short(n); got != want {
			t.Errorf("Short(%d) = %s, want %s", n, got, want)
		}
	}
	for v, want := range map[float64]string{3.9: "3.90", 9.994: "9.99", 9.995: "10.0", 48.25: "48.2", 367.4: "367",
		2200: "2,200"} {
		if got := Rate(v); got != want {
			t.Errorf("Rate(%v) = %s, want %s", v, got, want)
		}
	}
	if Rate(math.NaN()) != None || Percent(math.NaN()) != None || Percent(0.0128) != "1.3%" {
		t.Error("unknown figures or percent")
	}
	for n, want := range map[int64]string{812: "812 B", 17_200_000: "17.2 MB", 999_950: "1.0 MB", 1000: "1.0 kB"} {
		if got := Bytes(n).String(); got != want {
			t.Errorf("Bytes(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		0: "now", 38 * time.Second: "38 s ago", 12 * time.Minute: "12 min ago", 5 * time.Hour: "5 h ago",
		3 * 24 * time.Hour:   "27 Feb",
		800 * 24 * time.Hour: "23 Dec 2023",
	} {
		if got := Ago(now.Add(-d), now); got != want {
			t.Errorf("Ago(%v) = %s, want %s", d, got, want)
		}
	}
	if got := Ago(time.Time{}, now); got != None {
		t.Errorf("Ago of no time = %s", got)
	}
}

// TestSectionPaintsItsTitleOnce: in one piece of one ink, cut where figures need the space.
func TestSectionPaintsItsTitleOnce(t *testing.T) {
	st := look(t, "dark", style.Braille)
	figures := st.Muted.Paint("7 of 9")
	for w := range 40 {
		for title, got := range map[string]string{
			"by model":  Section(st, w, "by model", figures),
			"2 gpt-4.1": SectionIn(st, st.Accent.Bold(), w, "2 gpt-4.1", figures),
		} {
			if Width(got) != w {
				t.Errorf("%q at %d has %d cells: %q", title, w, Width(got), got)
			}
			ink := st.Text.Bold()
			if title != "by model" {
				ink = st.Accent.Bold()
			}
			if whole := ink.Paint(title) + " "; w >= 17 && !strings.HasPrefix(got, whole) {
				t.Errorf("%q at %d: %q", title, w, got)
			}
		}
	}
}

func TestNice(t *testing.T) {
	for v, want := range map[float64]float64{-1: 1, 0: 1, .03: .05, .1: .1, .11: .2, 1: 1, 1.00001: 1, 3: 5, 5.1: 10,
		99: 100, 1234: 2000} {
		if got := Nice(v); math.Abs(got-want) > 1e-9 {
			t.Errorf("Nice(%v) = %v, want %v", v, got, want)
		}
	}
}

// TestWhatCostsMoreThanTheListIsNeverGreen: in every look, and with its sign.
func TestWhatCostsMoreThanTheListIsNeverGreen(t *testing.T) {
	for _, st := range looks(t) {
		if got := Saved(st, "$0.0300", false); got != st.OK.Paint("$0.0300") {
			t.Errorf("saved: %q", got)
		}
		got := Saved(st, "-$0.0300", true)
		if got != st.Warn.Paint("-$0.0300") || st.Colour && got == st.OK.Paint("-$0.0300") {
			t.Errorf("paid more: %q", got)
		}
	}
}
