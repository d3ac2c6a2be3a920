package editor

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"charm.land/bubbles/v2/textarea"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/ui/uitest"
)

// written is an editor of w cells and h rows with a text in which | is the cursor.
func written(w, h int, s string) *Editor {
	e := New()
	e.Focus(true)
	e.Resize(w, h)
	before, after, _ := strings.Cut(s, "|")
	e.SetValue(before)
	row, col := e.Position()
	e.InsertString(after)
	e.SetPosition(row, col)
	return e
}

// withCursor is the text with a mark at the cursor.
func (e *Editor) withCursor(mark string) string {
	var b strings.Builder
	for i, l := range e.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == e.row {
			b.WriteString(string(l.runes[:e.col]) + mark + string(l.runes[e.col:]))
			continue
		}
		b.WriteString(string(l.runes))
	}
	return b.String()
}

func TestEditorKeys(t *testing.T) {
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
		e := written(8, 4, c.from)
		for _, k := range strings.Fields(c.keys) {
			e.Press(uitest.Key(k))
		}
		if got := e.withCursor("|"); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.from, c.keys, got, c.want)
		}
	}
}

func TestEditorWithoutFocusTakesNoKeys(t *testing.T) {
	e := written(8, 4, "ab|")
	e.Focus(false)
	if e.Press(uitest.Key("c")) || e.Value() != "ab" || e.Cursor() != nil {
		t.Errorf("text %q, cursor %v", e.Value(), e.Cursor())
	}
}

func TestBackslashBecomesALineBreak(t *testing.T) {
	for from, want := range map[string]string{
		`a\|`: "a\n|", "a\\|\nb": "a\n|\nb",
		`a|\`: `a|\`, `\|b`: `\|b`, "|": "|",
	} {
		e := written(8, 4, from)
		if done := e.BreakAtBackslash(); e.withCursor("|") != want || done != (from != want) {
			t.Errorf("%q: %q, %v; want %q", from, e.withCursor("|"), done, want)
		}
	}
}

func TestEditorWraps(t *testing.T) {
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
		e := written(8, 9, c.text)
		if got := strings.Join(e.Rows(), "|"); got != c.want {
			t.Errorf("%q: rows %q, want %q", c.text, got, c.want)
		}
	}
}

func TestEditorScrollsToTheCursor(t *testing.T) {
	e := written(8, 2, "1\n2\n3\n4|")
	if got := strings.Join(e.Rows(), "|"); got != "3|4" || e.Cursor().Y != 1 || e.Cursor().X != 1 {
		t.Errorf("rows %q, cursor %v", got, e.Cursor())
	}
	for range 3 {
		e.Press(uitest.Key("up"))
	}
	if got := strings.Join(e.Rows(), "|"); got != "1|2" || e.Cursor().Y != 0 {
		t.Errorf("rows %q, cursor %v", got, e.Cursor())
	}
	if above, below := e.Hidden(); above != 0 || below != 2 {
		t.Errorf("%d rows above and %d below are hidden", above, below)
	}
	e.SetValue("x")
	if above, below := e.Hidden(); e.Height() != 1 || above != 0 || below != 0 {
		t.Errorf("%d rows, %d above, %d below", e.Height(), above, below)
	}
}

// A page or a step of the wheel moves by rows, whether they are of one line or of many.
func TestEditorMovesByRows(t *testing.T) {
	for _, c := range []struct {
		from string
		by   int
		want string
	}{
		{"a|\nb\nc\nd\ne", 3, "a\nb\nc\nd|\ne"},
		{"a\nb\nc\nd\ne|", -3, "a\nb|\nc\nd\ne"},
		{"a\nb|", 9, "a\nb|"},
		{"a|\nb", -9, "a|\nb"},
		{"12345678123|45678ab", 2, "1234567812345678ab|"},
	} {
		e := written(8, 4, c.from)
		if e.MoveRows(c.by); e.withCursor("|") != c.want {
			t.Errorf("%q, %d rows: %q, want %q", c.from, c.by, e.withCursor("|"), c.want)
		}
	}
}

func TestEditorDropsControlCharacters(t *testing.T) {
	e := written(20, 3, "")
	e.InsertString("a\tb\r\nc\rd\x1b[2J\x00e")
	if got := e.Value(); got != "a    b\nc\nd[2Je" {
		t.Errorf("kept %q", got)
	}
}

// FuzzEditor edits at random. It compares the text with one that is edited the simple way, and the rows with a line
// that is wrapped from its beginning.
func FuzzEditor(f *testing.F) {
	f.Add([]byte("a quick brown fox\x01\x02\x03 jumps"), uint8(8))
	f.Add([]byte("日本語 e\u0301 👩‍👩‍👧\x04\x05\x06\x07\x08"), uint8(5))
	f.Add([]byte(" 000摧\x04"), uint8(3))
	f.Add([]byte(" 00本\x00\x00\x0000"), uint8(2))
	keys := []string{"left", "right", "up", "down", "backspace", "delete", "home", "end",
		"ctrl+w", "alt+d", "ctrl+k", "ctrl+u", "alt+left", "alt+right"}
	f.Fuzz(func(t *testing.T, script []byte, width uint8) {
		e := written(int(width%40)+1, 3, "")
		if len(script) > 400 {
			return
		}
		for len(script) > 0 {
			r, n := utf8.DecodeRune(script)
			script = script[n:]
			if int(r) < len(keys) {
				e.Press(uitest.Key(keys[r]))
			} else if r < 32 {
				e.InsertString("\n")
			} else {
				before, after, _ := strings.Cut(e.withCursor("\x00"), "\x00")
				e.Press(tea.KeyPressMsg{Code: r, Text: string(r)})
				if want := before + Normalize(string(r)) + after; e.Value() != want {
					t.Fatalf("%q typed: %q, want %q", r, e.Value(), want)
				}
			}
			for i := range e.lines {
				if got, want := e.rows(i), wrap(e.lines[i].runes, nil, e.width); !slices.Equal(got, want) {
					t.Fatalf("rows of %q at %v, want %v", string(e.lines[i].runes), got, want)
				}
			}
			if c := e.Cursor(); c.Y < 0 || c.Y >= e.Height() || c.X < 0 || c.X > e.width || len(e.Rows()) != e.Height() {
				t.Fatalf("the cursor at %d, %d of %d rows", c.X, c.Y, e.Height())
			}
		}
	})
}

func TestSimpleWidthsAreThoseLookedUp(t *testing.T) {
	for r := rune(0x20); r < 0xd7ff; r++ {
		if w := simpleWidth(r); w > 0 && r != 0x7f && w != ansi.StringWidth(string(r)) {
			t.Fatalf("%q is %d cells wide, not %d", r, ansi.StringWidth(string(r)), w)
		}
	}
}

// BenchmarkKey is a key, the view after it and the cursor, at the end of a draft of 64 KiB: here and in the text
// area of bubbles.
func BenchmarkKey(b *testing.B) {
	const width, height, size = 76, 7, 64 << 10
	drafts := map[string]string{"words": "Each retry spends one of the budget, and fails at once when none is left.\n",
		"line": "retry "}
	for name, s := range drafts {
		draft := strings.Repeat(s, size/len(s))
		b.Run(fmt.Sprintf("editor/%s", name), func(b *testing.B) {
			e := New()
			e.Focus(true)
			e.Resize(width, height)
			e.SetValue(draft)
			b.ReportAllocs()
			for b.Loop() {
				e.Press(uitest.Key("x"))
				_, _ = e.Rows(), e.Cursor()
				e.Press(uitest.Key("backspace"))
				_, _ = e.Rows(), e.Cursor()
			}
		})
		b.Run(fmt.Sprintf("bubbles/%s", name), func(b *testing.B) {
			e := textarea.New()
			e.CharLimit, e.MaxHeight, e.ShowLineNumbers, e.Prompt = 0, 0, false, ""
			e.SetVirtualCursor(false)
			e.Focus()
			e.SetWidth(width)
			e.SetHeight(height)
			e.SetValue(draft)
			if e.Value() != draft {
				b.Fatal("the draft was cut")
			}
			b.ReportAllocs()
			for b.Loop() {
				for _, k := range []string{"x", "backspace"} {
					e, _ = e.Update(uitest.Key(k))
					_, _ = e.View(), e.Cursor()
				}
			}
		})
	}
}
