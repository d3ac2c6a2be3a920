package tty

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	uv "github.com/charmbracelet/ultraviolet"
)

// ms is how long nothing comes.
type ms int

// played is a filter that is fed a script of reads and waits, the way Reader feeds it.
type played struct {
	filter
	at     time.Time
	typing bool
}

func (p *played) play(script ...any) {
	if p.at.IsZero() {
		p.at = time.Unix(1e9, 0)
	}
	for _, step := range script {
		switch step := step.(type) {
		case ms:
			p.at = p.at.Add(time.Duration(step) * time.Millisecond)
		case string:
			for due := p.due(); !due.IsZero() && !due.After(p.at); due = p.due() {
				p.expire(due)
			}
			p.feed(p.at, []byte(step), p.typing)
		}
	}
}

// end lets everything that waits be decided and returns what came out.
func (p *played) end() string {
	p.play(ms(5000), "")
	return string(p.out)
}

// decoded is what the program's decoder makes of bytes.
func decoded(t testing.TB, in string) string {
	t.Helper()
	events := make(chan uv.Event)
	go func() {
		defer close(events)
		r := uv.NewTerminalReader(bytes.NewReader([]byte(in)), "xterm-256color")
		if err := r.StreamEvents(context.Background(), events); err != nil {
			t.Error(err)
		}
	}()
	var out []string
	for e := range events {
		switch e := e.(type) {
		case uv.KeyPressEvent:
			out = append(out, e.String())
		case uv.PasteEvent:
			out = append(out, fmt.Sprintf("%q", Unshield(e.Content)))
		case uv.PasteStartEvent, uv.PasteEndEvent:
		default:
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", e), "uv."))
		}
	}
	return strings.Join(out, " ")
}

func TestSplits(t *testing.T) {
	const mouseReport, colour = "\x1b[<35;48;20M", "\x1b]11;rgb:1e1e/1e1e/2e2e\a"
	for _, c := range []struct {
		name   string
		script []any
		want   string
	}{
		{"a report of the mouse", []any{"x", ms(90), "\x1b[<35;4", ms(90), "8;20M", ms(90), "y"},
			"x MouseMotionEvent y"},
		{"an answer", []any{"\x1b[?61;", ms(90), "4;6c", "y"}, "PrimaryDeviceAttributesEvent y"},
		{"900 ms", []any{"\x1b[?61;", ms(900), "4;6c"}, "PrimaryDeviceAttributesEvent"},
		{"900 ms and 900 ms", []any{"\x1b[<35;4", ms(900), "8;2", ms(900), "0M"}, "MouseMotionEvent"},
		{"more than a second", []any{"\x1b[<35;4", ms(1500), "8;20M", ms(20), "ab"}, "a b"},
		{"never ended", []any{"\x1b[<35;4", ms(1500), "yes"}, "y e s"},
		{"half of an end after a second", []any{"\x1b[<35;4", ms(1500), "8;2", ms(90), "0M", ms(20), "y"}, "y"},
		{"behind ESC", []any{"\x1b", ms(90), "[<35;48;20M", ms(90), "y"}, "esc y"},
		{"behind ESC, long", []any{"\x1b", ms(2500), "[<35;48;20M", ms(90), "y"}, "esc y"},
		{"behind ESC, in three", []any{"\x1b", ms(90), "[<35;4", ms(90), "8;20M", ms(90), "y"}, "esc y"},
		{"behind ESC, another follows", []any{"\x1b", ms(90), "[<35;48;20M" + mouseReport + "y"},
			"esc MouseMotionEvent y"},
		{"a colour behind ESC", []any{"\x1b", ms(90), colour[1:], "y"}, "esc y"},
		{"an answer behind ESC", []any{"\x1b", ms(90), "[?61;4c"}, "esc"},
		{"a key behind ESC", []any{"\x1b", ms(90), "[A", ms(20), "OP"}, "esc O P"},
		{"a letter behind ESC", []any{"\x1b", ms(90), "[", ms(90), "A"}, "esc [ A"},
		{"ESC and a report", []any{"\x1b", ms(90), mouseReport}, "esc MouseMotionEvent"},
		{"behind ESC [", []any{"\x1b[", ms(90), "<35;48;20M", "y"}, "alt+[ MouseMotionEvent y"},
		{"behind ESC [ <", []any{"\x1b[<", ms(90), "35;48;20M", "y"}, "MouseMotionEvent y"},
		{"an arrow behind ESC [", []any{"\x1b[", ms(90), "A", "y"}, "alt+[ up y"},
		{"F1 behind ESC O", []any{"\x1bO", ms(90), "P"}, "alt+shift+o f1"},
		{"a key with ctrl", []any{"\x1b[1;", ms(300), "5A"}, "ctrl+up"},
		{"a mark of a paste", []any{"\x1b[20", ms(300), "0~a\rb\x1b[2", ms(3000), "01~"}, `"a\rb"`},
		{"a colour", []any{"\x1b]11;rgb:1e1e", ms(90), "/1e1e/2e2e", ms(90), "\x1b", ms(90), "\\y"},
			"BackgroundColorEvent y"},
		{"a colour behind ESC ]", []any{"\x1b]", ms(90), "11;rgb:1e1e/1e1e/2e2e\a"}, "alt+] BackgroundColorEvent"},
		{"the version", []any{"\x1bP>|xte", ms(90), "rm(390)\x1b\\"}, "TerminalVersionEvent"},
		{"graphics", []any{"\x1b_Gi=1", ms(90), ";OK\x1b\\y"}, "KittyGraphicsEvent y"},
		{"a string for ever", []any{"\x1b]11;rgb:", ms(90), "abc", ms(1500), "hi"}, "h i"},
		{"letters behind an open string", []any{"\x1b]0;t", ms(400), "a", ms(400), "b", ms(400), "c", ms(400), "d"}, "c d"},
		{"letters behind an open colour", []any{"\x1b]11;rgb:", ms(400), "s", ms(400), "h", ms(400), "o", ms(400), "w"},
			"o w"},
		{"a slow colour", []any{"\x1b]11;rgb:1e1e", ms(600), "/1e1e", ms(600), "/2e", ms(600), "2e\ay"},
			"BackgroundColorEvent y"},
		{"a long answer", []any{"\x1bP>|", ms(90), "a", ms(90), "b", ms(90), "c", ms(90), "d", ms(90), "e", ms(90), "f",
			ms(90), "g", ms(90), "h", ms(90), "i", ms(90), "j", ms(90), "k", ms(90), "l", ms(90), "m\x1b\\y"},
			"TerminalVersionEvent y"},
		{"a string after a second", []any{"\x1b]11;rgb:1e1e", ms(1500), "/1e1e/2e2e\a", "y"}, "y"},
		{"a string in ASCII only", []any{"\x1b]2;t\u00fc\u4e2d\x1b\\y"}, "y"},
		{"a long string", []any{"\x1b]52;c;" + strings.Repeat("QUJD", 500), ms(90), "QUJD\ay"}, "y"},
		{"the old mouse", []any{"\x1b[M", ms(90), " !", ms(90), "!y"}, "MouseClickEvent y"},
		{"rxvt's shift", []any{"\x1b[3$", ms(90), "y"}, "shift+delete y"},
		{"the Linux console", []any{"\x1b[[", ms(90), "Ay"}, "f1 y"},
		{"CSI in a byte", []any{"\x9b<35;4", ms(90), "8;20My"}, "MouseMotionEvent y"},
		{"a character", []any{"\xe4\xb8", ms(3000), "\x96", "\xc3", ms(90), "\xa9", "\xf0\x9f", ms(90), "\x99\x82"},
			"世 é 🙂"},
		{"half of a character", []any{"\xe4\xb8", ms(3000), "ab"}, "\ufffd \ufffd a b"},
		{"ctrl+c in a string", []any{"\x1b]\x03\x03"}, "alt+] ctrl+c ctrl+c"},
		{"ctrl+c in an open string", []any{"\x1b]0;t", ms(90), "\x03", "\x1bP1$r\x03\x1b_Gx\x03\x1b]0;\x1b[99;5u"},
			"ctrl+c ctrl+c ctrl+c ctrl+c"},
		{"ctrl+c in a sequence", []any{"\x1b\x03\x1b[\x03\x1b[<1\x03\x1bO\x03\x1bX\x03\x1b^\x03\x1b[M\x03\xe4\x03"},
			"esc ctrl+c alt+[ ctrl+c ctrl+c alt+shift+o ctrl+c alt+shift+x ctrl+c alt+^ ctrl+c ctrl+c \ufffd ctrl+c"},
		{"alone", []any{"\x1b", ms(60), "\x1b[", ms(60), "\x1bO", ms(60), "\x1b]", ms(60), "\x1bP", ms(60), "\x1b_"},
			"esc alt+[ alt+shift+o alt+] alt+shift+p alt+_"},
		{"no answer begins so", []any{"\x1b]x\x1bPx\x1b_x\x1b[\r\x1bO\x1b"},
			"alt+] x alt+shift+p x alt+_ x alt+[ enter alt+shift+o esc"},
		{"with alt", []any{"\x1ba\x1bA\x1b\r\x1b\t\x1b\x7f\x1b\x01\x1b\x00\x1b1\x1bé\x1b\x1b[A\x1b\x1b\x1bx"},
			"alt+a alt+shift+a alt+enter alt+tab alt+backspace ctrl+alt+a ctrl+alt+space alt+1 alt+é alt+up esc esc alt+x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p played
			p.play(c.script...)
			if got := decoded(t, p.end()); got != c.want {
				t.Errorf("%q is %s, want %s", p.out, got, c.want)
			}
		})
	}
}

// TestEverySplit splits what terminals send at every place, for every time: nothing of it is typed, and what comes
// before and after it is.
func TestEverySplit(t *testing.T) {
	for _, sent := range []string{
		"\x1b[<35;48;20M", "\x1b[<0;1;1m", "\x1b[?61;4;6c", "\x1b[>1;10;0c", "\x1b[?2026;2$y", "\x1b[?1u", "\x1b[?1;1R",
		"\x1b[24;80R", "\x1b[4;900;1600t", "\x1b[8;24;80t", "\x1b]11;rgb:1e1e/1e1e/2e2e\a",
		"\x1b]4;1;rgb:11/22/33\x1b\\", "\x1b]52;c;aGk=\a", "\x1bP>|xterm(390)\x1b\\", "\x1bP1+r5463\x1b\\",
		"\x1bP1$r0m\x1b\\", "\x1bP!|00000000\x1b\\", "\x1b_Gi=1;OK\x1b\\", "\x1b[I", "\x1b[O", "\x1b[1;5A",
		"\x1b[15;2~", "\x1b[97;5u", "\x1bOP", "\x1b[A", "\x1b[200~\x1b[201~",
	} {
		for i := 1; i < len(sent); i++ {
			for _, wait := range []ms{0, 9, 49, 51, 90, 900, 1500, 3000} {
				if wait > 1000 && len(sent) == 3 && (i == 2 || sent == "\x1bOP" || sent == "\x1b[A") {
					continue // it can't be told from a letter, or two
				}
				var p played
				p.play("x", ms(20), sent[:i], wait, sent[i:], ms(20), "y")
				got := strings.Fields(decoded(t, p.end()))
				if got[0] != "x" || got[len(got)-1] != "y" {
					t.Errorf("%q, %d ms, %q: %s", sent[:i], wait, sent[i:], got)
				}
				for _, e := range got[1 : len(got)-1] {
					if utf8.RuneCountInString(e) == 1 || e[0] == '"' && e != `""` {
						t.Errorf("%q, %d ms, %q: %s", sent[:i], wait, sent[i:], got)
						break
					}
				}
			}
		}
	}
}

func TestBursts(t *testing.T) {
	long := strings.Repeat("word ", 13)
	for _, c := range []struct {
		name   string
		script []any
		want   string
	}{
		{"a paste without marks", []any{"line1\rline2\rline3"}, `"line1\rline2\rline3"`},
		{"and its last line end", []any{"line1\rline2\r"}, `"line1\rline2\r"`},
		{"CRLF", []any{"a\r\nb\r\n"}, `"a\r\nb\r\n"`},
		{"LF", []any{"a\nb\n"}, `"a\nb\n"`},
		{"in pieces", []any{"li", ms(5), "ne1\r", ms(9), "line2", ms(9), "\r"}, `"line1\rline2\r"`},
		{"a letter at a time", []any{"a", ms(2), "\r", ms(2), "b", ms(2), "\r"}, `"a\rb\r"`},
		{"one line and enter", []any{"hello\r"}, `"hello" enter`},
		{"few letters and enter", []any{"hi\r"}, "h i enter"},
		{"enter a moment later", []any{"hello", ms(12), "\r"}, `"hello" enter`},
		{"64 letters and enter", []any{long[:64] + "\r"}, fmt.Sprintf("%q enter", long[:64])},
		{"65 letters and CR", []any{long[:65] + "\r"}, fmt.Sprintf("%q", long[:65]+"\r")},
		{"two CRs", []any{"hello\r\r"}, `"hello\r\r"`},
		{"few letters and two CRs", []any{"hi\r\r"}, `"hi\r\r"`},
		{"enter", []any{"\r", ms(20), "\r\n", ms(20), "\r\r"}, "enter enter enter enter"},
		{"a line end first", []any{"\rab"}, `"\rab"`},
		{"a key that repeats", []any{"jjjjjjjj"}, "j j j j j j j j"},
		{"a key that repeats for long", []any{strings.Repeat("j", 200)}, strings.TrimSpace(strings.Repeat("j ", 200))},
		{"three keys", []any{"ggG"}, "g g G"},
		{"four letters", []any{"abcd"}, `"abcd"`},
		{"four letters, one after the other", []any{"a", ms(9), "b", ms(9), "c", ms(9), "d"}, `"abcd"`},
		{"slow letters", []any{"a", ms(11), "b", ms(11), "c", ms(11), "d"}, "a b c d"},
		{"other scripts", []any{"你好世界"}, `"你好世界"`},
		{"keys between", []any{"ab\x03cd\x1b[Ae\x7ff"}, `"ab" ctrl+c "cd" up "e" backspace "f"`},
		{"controls between", []any{"ab\x01cd\x15\x1ae\x00", ms(5), "\x0b\x08f\x1b[A"}, `"ab␁cd␕␚e␀␋␈f" up`},
		{"a control first", []any{"\x15abcd"}, `ctrl+u "abcd"`},
		{"a control behind few letters", []any{"ab\x15"}, "a b ctrl+u"},
		{"a control behind text", []any{"abcd\x15", ms(20), "\x15"}, `"abcd␕" ctrl+u`},
		{"a control behind enter", []any{"abcd\r\x15"}, `"abcd" enter ctrl+u`},
		{"a control in lines", []any{"ab\r\x15c\r\x0c\r"}, `"ab\r␕c\r␌\r"`},
		{"keys behind enter", []any{"hi\r\x1b[A"}, "h i enter up"},
		{"colours in a paste", []any{"one\r\x1b[31mred\r"}, `"one\r" UnknownCsiEvent "red\r"`},
		{"a tab inside", []any{"func\tx\tint"}, `"func\tx\tint"`},
		{"a tab behind", []any{"/model\t"}, `"/model" tab`},
		{"a tab at the end of lines", []any{"a\rb\t"}, `"a\rb\t"`},
		{"tab", []any{"\t\t"}, "tab tab"},
		{"C1", []any{"abcd\u0085\u009b"}, "\"abcd\ufffd\ufffd\""},
		{"a paste with marks behind letters", []any{"ab\x1b[200~c\rd\x1b[201~\r"}, `a b "c\rd" enter`},
		{"an end without a beginning", []any{"a\x1b[201~b"}, "a b"},
		{"a paste over a slow line", []any{"one\rtwo\rthr", ms(30), "ee\r", ms(30), "four\r"},
			`"one\rtwo\rthr" "ee\r" "four\r"`},
		{"a long line over a slow line", []any{long + "more", ms(30), "end\r", ms(60), "yes\r"},
			fmt.Sprintf("%q %q y e s enter", long+"more", "end\r")},
		{"enter behind a paste", []any{"one\rtwo", ms(12), "\r"}, `"one\rtwo" enter`},
		{"ctrl+c", []any{"hello\r\x03"}, `"hello" enter ctrl+c`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p played
			p.play(c.script...)
			if got := decoded(t, p.end()); got != c.want {
				t.Errorf("%q is %s, want %s", p.out, got, c.want)
			}
		})
	}
}

// TestTypedLettersDoNotWait: while letters are text, a key is passed on as it comes.
func TestTypedLettersDoNotWait(t *testing.T) {
	p := played{typing: true}
	for _, key := range []string{"h", "é", "\t", "\x1b[A", "\x7f", "jj"} {
		p.out = p.out[:0]
		p.play(key)
		if string(p.out) != key || !p.due().IsZero() {
			t.Errorf("%q waits: %q", key, p.out)
		}
		p.play(ms(100))
	}
	p.out = p.out[:0]
	p.play("a", ms(2), "\r", ms(2), "b")
	if got := decoded(t, p.end()); got != `a "\rb"` {
		t.Errorf("a paste that came by letters is %s", got)
	}
}

func TestPastes(t *testing.T) {
	for name, c := range map[string]struct{ pasted, want string }{
		"an open title":     {"a\x1b]0;no end", "a␛]0;no end"},
		"a device string":   {"\x1bPq\x1b_x\x1b^y", "␛Pq␛_x␛^y"},
		"a clipboard":       {"A\x1b]52;c;aGk=\aB", "A␛]52;c;aGk=␇B"},
		"controls":          {"a\x00\x02\x03\x04\x7fb", "a␀␂␃␄␡b"},
		"C1":                {"a\u009b31m\u0090b", "a\ufffd31m\ufffdb"},
		"no UTF-8":          {"a\xff\xfe\x9bb", "a\ufffd\ufffd\ufffdb"},
		"half of an end":    {"a\x1b[201b\x1b[20\x1b", "a␛[201b␛[20␛"},
		"lines":             {"a\r\n\tb 世界 🙂", "a\r\n\tb 世界 🙂"},
		"another beginning": {"a\x1b[200~b", "a␛[200~b"},
		"enter as a key":    {"a\x1b[13;1ub\x1b[13uc\x1b[13;2ud", "a\nb\nc\nd"},
		"ctrl+j as a key":   {"a\x1b[106;5ub\x1b[27;5;106~c\x1b[27;1;13~d", "a\nb\nc\nd"},
		"tab as a key":      {"a\x1b[9ub\x1b[105;5uc", "a\tb\tc"},
		"other keys":        {"\x1b[A\x1b[97;5u\x1b[1;5A", "␛[A␛[97;5u␛[1;5A"},
	} {
		t.Run(name, func(t *testing.T) {
			in := "x\x1b[A\x1b[200~" + c.pasted + "\x1b[201~\x1b[By"
			want := fmt.Sprintf("x up %q down y", c.want)
			for n := 1; n <= len(in); n++ {
				var p played
				p.full = true // ctrl+c is no read of its own
				for rest := in; rest != ""; {
					k := min(n, len(rest))
					p.play(rest[:k])
					p.full, rest = true, rest[k:]
				}
				if got := decoded(t, p.end()); got != want {
					t.Fatalf("by %d bytes: %s, want %s", n, got, want)
				}
			}
		})
	}
}

// TestCtrlCInAPaste: it acts only as a read of its own.
func TestCtrlCInAPaste(t *testing.T) {
	const begin, end = "\x1b[200~", "\x1b[201~"
	for _, c := range []struct {
		name   string
		script []any
		want   string
	}{
		{"the end mark was lost", []any{begin + "ab", ms(50), "\x03", ms(50), "x"}, `"ab" ctrl+c x`},
		{"twice at once", []any{begin + "ab", ms(50), "\x03\x03", ms(50), "x"}, `"ab" ctrl+c ctrl+c x`},
		{"twice", []any{begin + "ab", ms(50), "\x03", ms(5), "\x03", ms(50), "x"}, `"ab" ctrl+c ctrl+c x`},
		{"as a key", []any{begin + "ab", ms(50), "\x1b[99;5u", ms(50), "\x1b[27;5;99~", ms(50), "x"},
			`"ab" ctrl+c ctrl+c x`},
		{"pasted", []any{begin + "ab\x03cd" + end}, `"ab␃cd"`},
		{"pasted as a key", []any{begin + "ab", ms(5), "\x1b[99;5u", ms(5), "cd" + end}, `"ab␛[99;5ucd"`},
		{"pasted first", []any{begin + "ab", ms(50), "\x03cd" + end}, `"ab␃cd"`},
		{"pasted last", []any{begin + "ab\x03", ms(50), "cd" + end}, `"ab␃cd"`},
		{"pasted a byte at a time", []any{begin + "ab", ms(2), "\x03", ms(2), "cd" + end}, `"ab␃cd"`},
		{"half of a character", []any{begin + "ab\xe4", ms(50), "\x03", ms(50), "x"}, `"ab" ctrl+c x`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p played
			p.play(c.script...)
			if got := decoded(t, p.end()); got != c.want {
				t.Errorf("%q is %s, want %s", p.out, got, c.want)
			}
		})
	}
}

// FuzzSplits: however bytes are split into reads, what comes out is the same, and no more than eight times as long.
func FuzzSplits(f *testing.F) {
	f.Add("a\x1b]0;x\x1b[201~b\x1b[200~\xe4\xb8\x1b[201~", uint(3))
	f.Add("line1\rline2\x1b[<35;48;20M\x1b[[A\x1b[M !!\x1b\x1b[A\x1bé", uint(1))
	f.Add("\x1bP>|x\x1b\\\x1b_Ga\x1b\\\x1b]11;?\a\x9b?1c\x1b[13;1u\t\r\n", uint(2))
	f.Fuzz(func(t *testing.T, in string, n uint) {
		in = strings.ReplaceAll(in, "\x03", "") // alone in a read it ends a paste
		size := int(n%16) + 1
		var whole, split played
		whole.play(in)
		for rest := in; rest != ""; rest = rest[min(size, len(rest)):] {
			split.play(rest[:min(size, len(rest))])
		}
		a, b := whole.end(), split.end()
		if a != b {
			t.Errorf("%q by %d: %q and %q", in, size, a, b)
		}
		if len(a) > 8*len(in)+2*len(pasteEnd) {
			t.Errorf("%d bytes become %d: %q", len(in), len(a), a)
		}
	})
}

// TestCostIsLinear: 32 times the bytes take about 32 times as long, whatever they are; if the cost were quadratic,
// 1024 times.
func TestCostIsLinear(t *testing.T) {
	for name, piece := range map[string]string{
		"letters": "word ", "lines": "a\r", "an open string": "\x1b]11;rgb:aa", "an open paste": "\x1b[200~\x1b[1",
		"parameters": "\x1b[<1;", "escapes": "\x1b", "tabs": "\t", "half a character": "\xe4",
	} {
		took := func(n int) time.Duration {
			in := strings.Repeat(piece, n)
			best := time.Hour
			for range 5 {
				var p played
				start := time.Now()
				for at := 0; at < len(in); at += plainRead {
					p.out = p.out[:0]
					p.play(in[at:min(at+plainRead, len(in))])
				}
				p.end()
				best = min(best, time.Since(start))
			}
			return best
		}
		if small, large := took(4_000), took(128_000); large > 300*small {
			t.Errorf("%s: %v, and %v for 32 times as much", name, small, large)
		}
	}
}
