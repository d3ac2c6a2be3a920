package overlay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/themes"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/widget"
)

func look(t *testing.T, theme string) *style.Styles {
	t.Helper()
	th, err := themes.Load(theme)
	if err != nil {
		t.Fatal(err)
	}
	return style.New(th, style.Options{})
}

func stackWith(t *testing.T, d Dialog) *Stack {
	t.Helper()
	s := NewStack(&pane.Env{Styles: look(t, "dark")})
	s.Push(d)
	return s
}

type did string

func say(what string) tea.Cmd { return func() tea.Msg { return did(what) } }

func action(keys, title, group, why string) pane.Action {
	return pane.Action{
		Title: title, Group: group, Binding: pane.Bind(strings.ToLower(title), keys),
		Why: func() string { return why }, Do: func() tea.Cmd { return say(title) },
	}
}

func actions() []pane.Action {
	return []pane.Action{
		action("enter", "Send", "chat", ""), action("esc", "Stop the answer", "chat", ""),
		action("r", "Regenerate the answer", "chat", "it is still streaming"),
		action("ctrl+o", "Write in your editor", "chat", ""), action("space", "Pause the run", "batch", "no run is going"),
		action("R", "Retry failed rows", "batch", ""), action("h/l", "Another window", "metrics", ""),
		action("r", "Reset the metrics window", "metrics", ""),
		action("tab", "Next pane", "everywhere", ""), action("ctrl+p", "Palette", "everywhere", ""),
		action("z", "Zoom", "everywhere", ""),
	}
}

func entries() []Entry {
	e := ActionEntries("batch", actions())
	e[5].Detail = "39 in replies.csv"
	return append(e, Entry{Title: "Retry budget in Go", Kind: "chat", Key: "now", Class: Chats},
		Entry{Title: "gpt-4.1", Kind: "model", Class: Models},
		Entry{Title: "Resume the run replies-fr.csv", Detail: "paused at 44%", Kind: "run", Key: "1 Mar", Class: Runs,
			Run: say("resume")},
		Entry{Title: "Retry storms \x1b]0;evil\a post-mortem", Kind: "chat", Key: "27 Feb", Class: Chats})
}

func models() PickerOptions {
	return PickerOptions{
		Title: "model", Placeholder: "part of a name", Columns: []widget.Column{{Title: "context", Width: 7, Right: true},
			{Title: "in / out a million", Width: 18, Right: true}},
		Choices: []Choice{
			{Title: "gpt-4.1", Cells: []string{"1.0M", "$2.00 / $8.00"}, Run: say("gpt-4.1")},
			{Title: "claude-sonnet-4.5", Cells: []string{"200k", "$3.00 / $15.00"}, Run: say("claude-sonnet-4.5")},
			{Title: "deepseek-v3.2", Cells: []string{"128k", "$0.42 / $0.42"}, Run: say("deepseek-v3.2")},
			{Title: "whisper", Cells: []string{"", ""}, Why: "it does not chat", Run: say("whisper")},
		},
		Current: 1,
	}
}

// listed is a file picker after its folder has come, without a disk.
func listed() Dialog {
	f := Files(FilesOptions{
		Only: "JSONL, CSV, TSV or text", Accept: func(name string) bool { return !strings.HasSuffix(name, ".png") },
		Choose: func(path string) tea.Cmd { return say(path) },
	}).(*files)
	now := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	f.start()
	f.Update(recentMsg{f, []file{{name: "replies.csv", path: "/home/jobs/replies.csv", recent: true, size: 171_000,
		changed: now.Add(-2 * time.Hour)}}})
	f.Update(folderMsg{to: f, asked: f.request.asked, folder: folder{dir: "/home/data", read: now, files: []file{
		{name: "archive", path: "/home/data/archive", dir: true, changed: now.Add(-90 * 24 * time.Hour)},
		{name: ".cache", path: "/home/data/.cache", dir: true, changed: now},
		{name: "chart.png", path: "/home/data/chart.png", size: 81_234, changed: now.Add(-5 * time.Minute)},
		{name: "reviews-2026-q1.jsonl", path: "/home/data/reviews-2026-q1.jsonl", size: 17_200_000,
			changed: now.Add(-30 * time.Second)},
		{name: "日本語\n.csv", path: "/home/data/日本語\n.csv", size: 812, changed: now.Add(-30 * time.Hour)},
	}}})
	f.Update(previewMsg{to: f, asked: f.preview.asked,
		lines: []string{"id,prompt", "T-48000,\"Reply to the customer in their own language, in at most five sentences\""}})
	return f
}

// searches is a search with hits in three scripts.
func searches(typed string) SearchOptions {
	return SearchOptions{
		Title: "search", Placeholder: "words that were said", Typed: typed,
		Examples: [][2]string{{"retry budget", "both words"},
			{"世界", "any part of 你好世界"}},
		Find: func(string, int64) (Findings, error) {
			return Findings{Next: 7, Note: "the oldest 12,000 messages are not found yet", List: []Finding{
				{Title: "Ngân sách thử lại", Cells: []string{"you", "   15:02"},
					Text: "…Người ta nói gì về điều đó, đâu là giới hạn của " +
						strings.Repeat("mọi người, ", 20),
					Marks: [][2]int{{3, 11}}},
				{Title: "多语言测试", Cells: []string{"answer", "   2 Mar"},
					Text:  strings.Repeat("整个连接池的重试预算已经用完了，", 8),
					Marks: [][2]int{{6, 15}}},
				{Title: "A title that is much longer than any room that there is for it, whatever the width of the terminal " +
					"may be by then", Cells: []string{"title", "Mar 2025"}, Text: "short \x1b[31m", Marks: [][2]int{{0, 5}}},
			}}, nil
		},
	}
}

// screen is a base with text, a chip, a panel, solid cells and wide characters under every edge of a dialog.
func screen(st *style.Styles, w, h int) string {
	line := st.Text.Paint("日本語 one retry budget ") + st.OnAccent.Paint(" chip ") + " " +
		st.Muted.On(style.Panel).Paint(" panel ") +
		widget.Bar(st, 12, []widget.Part{{Share: 0.5, Ink: st.Done}}, st.Grid) + " " +
		strings.Repeat(st.Warn.Paint("端末 "), 20)
	lines := make([]string, h)
	for i := range lines {
		lines[i] = shifted(line, i, w)
	}
	return strings.Join(lines, "\n")
}

// shifted moves every other line by one cell, so that edges cut wide characters in both ways.
func shifted(line string, i, w int) string { return widget.Fit(widget.Blank(i%2)+line, w) }

func TestGolden(t *testing.T) {
	for name, make := range map[string]func() Dialog{
		"palette": func() Dialog { return Palette(entries(), "") },
		"palette-typed": func() Dialog {
			p := Palette(entries(), "")
			typeInto(p, "retr")
			return p
		},
		"picker": func() Dialog { return Picker(models()) },
		"confirm": func() Dialog {
			return Confirm("Cancel 412 rows?", "They are not sent any more. The 3,023 answers that are there stay in "+
				"replies.out.jsonl.", nil)
		},
		"prompt": func() Dialog {
			return Prompt(PromptOptions{Title: "rename", Label: "a name for this chat", Value: "Retry budget in Go", Done: say})
		},
		"message": func() Dialog {
			return Message("overloaded", "holysheep", "503 Service Unavailable\n\n"+
				strings.Repeat("All workers are busy, and \x1b[31mthis\x1b[0m line is long enough to be wrapped at any width. ",
					30))
		},
		"help":         func() Dialog { return Help(Groups(actions())) },
		"files":        listed,
		"search-empty": func() Dialog { return Search(searches("")) },
		"search": func() Dialog {
			d := Search(searches("nguoi")).(*searcher)
			d.Update(d.start()())
			return d
		},
	} {
		for size, wh := range map[string][2]int{"80x24": {80, 22}, "120x36": {120, 34}} {
			t.Run(name+"-"+size, func(t *testing.T) {
				d := make()
				s := stackWith(t, d)
				got := s.Over(screen(s.env.Styles, wh[0], wh[1]), wh[0], wh[1])
				lines := strings.Split(got, "\n")
				if len(lines) != wh[1] {
					t.Errorf("%d lines, want %d", len(lines), wh[1])
				}
				for i, line := range lines {
					if widget.Width(line) != wh[0] {
						t.Errorf("line %d has %d cells: %q", i, widget.Width(line), ansi.Strip(line))
					}
				}
				golden(t, name+"-"+size, ansi.Strip(got))
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (make golden writes it):\n%s", path, got)
	}
}

// A live message shows the text of the last Refresh, however often it is drawn.
func TestALiveMessageMoves(t *testing.T) {
	body := "status streaming"
	asked := 0
	d := LiveMessage("row 1", "", func() string { asked++; return body })
	s := NewStack(&pane.Env{Styles: look(t, "dark")})
	s.Push(d)
	if got := d.View(80, 24); !strings.Contains(got.Body, "streaming") {
		t.Error(got.Body)
	}
	body = "status ok"
	s.Refresh()
	if got := d.View(80, 24); strings.Contains(got.Body, "streaming") || !strings.Contains(got.Body, "status ok") {
		t.Error(got.Body)
	}
	if d.View(80, 24); asked != 2 {
		t.Errorf("its text was asked for %d times", asked)
	}
}
