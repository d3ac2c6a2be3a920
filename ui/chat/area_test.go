package chat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
)

// written is an area of w cells and h rows with a text in which | is where the cursor stands.
func written(w, h int, s string) *area {
	a := newArea()
	a.focused = true
	a.resize(w, h)
	before, after, _ := strings.Cut(s, "|")
	a.SetValue(before)
	row, col := a.row, a.col
	a.InsertString(after)
	a.row, a.col = row, col
	a.reach()
	return &a
}

// read is the text with a | where the cursor stands.
func (a *area) read() string {
	b := *a
	b.text = nil
	for _, l := range a.text {
		b.text = append(b.text, areaLine{runes: slices.Clone(l.runes)})
	}
	b.InsertString("|")
	return b.Value()
}

func TestAreaKeys(t *testing.T) {
	for _, c := range []struct{ from, keys, want string }{
		{"|", "a b", "ab|"},
		{"ab|cd", "left left x", "x|abcd"},
		{"ab\n|cd", "left", "ab|\ncd"},
		{"ab|\ncd", "right", "ab\n|cd"},
		{"ab\n|cd", "backspace", "ab|cd"},
		{"ab|\ncd", "delete", "ab|cd"},
		{"ab|\ncd", "ctrl+k", "ab|cd"},
		{"a|b", "ctrl+k", "a|"},
		{"ab|cd", "ctrl+u", "|cd"},
		{"one two |three", "ctrl+w", "one |three"},
		{"one |two three", "alt+d", "one | three"},
		{"one two|", "alt+left alt+left", "|one two"},
		{"|one two", "alt+right", "one| two"},
		{"one\ntw|o\nthree", "home", "one\n|two\nthree"},
		{"one\ntw|o\nthree", "end", "one\ntwo|\nthree"},
		{"one\ntw|o\nthree", "ctrl+home", "|one\ntwo\nthree"},
		{"one\ntw|o\nthree", "ctrl+end", "one\ntwo\nthree|"},
		{"a👩‍👩‍👧|b", "backspace", "a|b"},
		{"a|é", "delete", "a|"},
		{"日|本", "left delete", "|本"},
		{"hello wor|ld again", "up", "hel|lo world again"},
		{"hel|lo world again", "down down", "hello world aga|in"},
		{"hello |world", "left", "hello| world"},
		{"longest\nx|y\nlongest", "up up", "l|ongest\nxy\nlongest"},
		{"longe|st\n\nlongest", "down down", "longest\n\nlonge|st"},
	} {
		a := written(8, 4, c.from)
		for _, k := range strings.Fields(c.keys) {
			a.press(stroke2(k))
		}
		if got := a.read(); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.from, c.keys, got, c.want)
		}
	}
}

// stroke2 is a key by its name; more names than the other tests need.
func stroke2(k string) tea.KeyPressMsg {
	for name, code := range map[string]rune{"left": tea.KeyLeft, "right": tea.KeyRight, "delete": tea.KeyDelete, "home": tea.KeyHome} {
		if rest, ok := strings.CutSuffix(k, name); ok {
			msg := tea.KeyPressMsg{Code: code}
			switch rest {
			case "alt+":
				msg.Mod = tea.ModAlt
			case "ctrl+":
				msg.Mod = tea.ModCtrl
			}
			return msg
		}
	}
	return stroke(k)
}

func TestAreaBreaksRows(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"hello world", "hello |world"},
		{"12345678 x", "12345678 |x"},
		{"12345678  x", "12345678 | x"},
		{"1234567890123", "12345678|90123"},
		{"ab 1234567890", "ab |12345678|90"},
		{"日本語日本語", "日本語日|本語"},
		{"a\nb", "a|b"},
	} {
		a := written(8, 9, c.text)
		if got := strings.Join(a.lines(), "|"); got != c.want {
			t.Errorf("%q: rows %q, want %q", c.text, got, c.want)
		}
	}
}

func TestAreaShowsTheCursorsRows(t *testing.T) {
	a := written(8, 2, "1\n2\n3\n4|")
	if got := strings.Join(a.lines(), "|"); got != "3|4" || a.cursor().Y != 1 || a.cursor().X != 1 {
		t.Errorf("rows %q, cursor %v", got, a.cursor())
	}
	for range 3 {
		a.press(stroke("up"))
	}
	if got := strings.Join(a.lines(), "|"); got != "1|2" || a.cursor().Y != 0 {
		t.Errorf("rows %q, cursor %v", got, a.cursor())
	}
	if a.SetValue("x"); a.Height() != 1 || a.top != 0 {
		t.Errorf("%d rows from %d", a.Height(), a.top)
	}
}

func TestAreaTakesOnlyWhatCanBeRead(t *testing.T) {
	a := written(20, 3, "")
	a.InsertString("a\tb\r\nc\rd\x1b[2J\x00e")
	if got := a.Value(); got != "a    b\nc\nd[2Je" {
		t.Errorf("kept %q", got)
	}
}

// FuzzArea edits at random and compares with a text that is edited the simple way, and with rows that are broken anew.
func FuzzArea(f *testing.F) {
	f.Add([]byte("a quick brown fox\x01\x02\x03 jumps"), uint8(8))
	f.Add([]byte("日本語 e\u0301 👩‍👩‍👧\x04\x05\x06\x07\x08"), uint8(5))
	f.Add([]byte(" 000摧\x04"), uint8(3))
	f.Add([]byte(" 00本\x00\x00\x0000"), uint8(2))
	keys := []string{"left", "right", "up", "down", "backspace", "delete", "home", "end", "ctrl+w", "alt+d", "ctrl+k", "ctrl+u", "alt+left", "alt+right"}
	f.Fuzz(func(t *testing.T, script []byte, width uint8) {
		a := written(int(width%40)+1, 3, "")
		if len(script) > 400 {
			return
		}
		for len(script) > 0 {
			r, n := utf8.DecodeRune(script)
			script = script[n:]
			if int(r) < len(keys) {
				a.press(stroke2(keys[r]))
			} else if r < 32 {
				a.InsertString("\n")
			} else {
				before, after, _ := strings.Cut(a.readAt(), "\x00")
				a.press(tea.KeyPressMsg{Code: r, Text: string(r)})
				if want := before + inner(string(r)) + after; a.Value() != want {
					t.Fatalf("%q typed: %q, want %q", r, a.Value(), want)
				}
			}
			for i := range a.text {
				if got, want := a.rows(i), breakRows(a.text[i].runes, nil, a.width); !slices.Equal(got, want) {
					t.Fatalf("rows of %q at %v, want %v", string(a.text[i].runes), got, want)
				}
			}
			if c := a.cursor(); c.Y < 0 || c.Y >= a.Height() || c.X < 0 || c.X > a.width || len(a.lines()) != a.Height() {
				t.Fatalf("the cursor at %d, %d of %d rows", c.X, c.Y, a.Height())
			}
		}
	})
}

// readAt is the text with a zero where the cursor stands.
func (a *area) readAt() string {
	var b strings.Builder
	for i, l := range a.text {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == a.row {
			b.WriteString(string(l.runes[:a.col]) + "\x00" + string(l.runes[a.col:]))
			continue
		}
		b.WriteString(string(l.runes))
	}
	return b.String()
}

func TestABurstStartsOneClock(t *testing.T) {
	r := open(t, 80, 24, said(1, "hi"), ended(2, "x", relay.StatusOK))
	clocks := 0
	var tick tea.Cmd
	for range 1000 {
		if cmd := r.Update(stroke("x")); cmd != nil {
			clocks, tick = clocks+1, cmd
		}
	}
	if clocks != 1 {
		t.Errorf("%d clocks", clocks)
	}
	r.run(tick)
	if len(r.store.drafts) != 1 || len(r.store.drafts[0]) != 1000 {
		t.Errorf("%d drafts saved", len(r.store.drafts))
	}
}

func TestPlainCharactersAreAsWideAsLookedUp(t *testing.T) {
	for r := rune(0x20); r < 0xd7ff; r++ {
		if w := alone(r); w > 0 && r != 0x7f && w != ansi.StringWidth(string(r)) {
			t.Fatalf("%q is %d cells wide, not %d", r, ansi.StringWidth(string(r)), w)
		}
	}
}

// BenchmarkTyping is a key and the drawing after it, at the end and in the middle of a draft of so many characters.
func BenchmarkTyping(b *testing.B) {
	for name, word := range map[string]string{"words": "retry ", "line": "x", "cjk": "日本語"} {
		for _, n := range []int{100, 1_000, 10_000, 100_000} {
			for _, middle := range []bool{false, true} {
				b.Run(fmt.Sprintf("%s/%d/middle=%v", name, n, middle), func(b *testing.B) {
					r := open(b, 80, 24, said(1, "hi"), ended(2, "x", relay.StatusOK))
					r.compose.area.SetValue(strings.Repeat(word, n/utf8.RuneCountInString(word)))
					if middle {
						r.compose.area.col /= 2
						r.compose.area.reach()
					}
					b.ReportAllocs()
					for b.Loop() {
						r.Update(stroke("x"))
						_ = r.View()
						_ = r.Cursor()
						r.Update(stroke("backspace"))
					}
				})
			}
		}
	}
}
