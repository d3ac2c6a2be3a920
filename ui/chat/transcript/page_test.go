package transcript

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/themes"
	"relaytop/ui/markdown"
	"relaytop/ui/pane"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

var start = time.Date(2026, 3, 2, 15, 2, 0, 0, time.UTC)

func question(id int64, s string) session.View {
	return session.View{ID: id, Role: relay.RoleUser, Text: s, Version: 1}
}

func ended(id int64, s string, status relay.Status) session.View {
	r := &relay.Result{Status: status, Requested: "gpt-4.1", Asked: "gpt-4.1", Model: "gpt-4.1", Endpoint: "sim",
		Usage:  &relay.Usage{Input: 1204, Cached: 896, Output: 58},
		Cost:   relay.Cost{Amount: 10_100_000_000, Source: relay.SourceSim},
		Timing: relay.Timing{Send: start, First: start.Add(410 * time.Millisecond), Last: start.Add(1345 * time.Millisecond)}}
	if status == relay.StatusOK {
		r.Finish = "stop"
	}
	return session.View{ID: id, Role: relay.RoleAssistant, Text: s, Version: 1, Since: start, Result: r}
}

func live(id int64, s string, phase session.Phase) session.View {
	since := start.Add(200 * time.Millisecond)
	v := session.View{ID: id, Role: relay.RoleAssistant, Text: s, Phase: phase, Since: since, Version: 1}
	v.Model, v.Attempt = "gpt-4.1", 1
	if phase == session.Streaming {
		v.Sent, v.First, v.Out = since, start.Add(580*time.Millisecond), 208
		v.Cost = relay.Cost{Amount: 13_000_000_000, Source: relay.SourceSim, Estimated: true}
	}
	return v
}

// page is a transcript of a chat with what a pane does for it.
type page struct {
	*Model
	look  Look
	views []session.View
	now   time.Time
	t     testing.TB
}

// open shows messages in a pane of w cells and h lines, four of which are not the transcript's.
func open(t testing.TB, w, h int, views ...session.View) *page {
	t.Helper()
	th, err := themes.Load("dark")
	if err != nil {
		t.Fatal(err)
	}
	p := &page{Model: New(markdown.NewKit()), views: views, now: start.Add(4 * time.Second), t: t}
	p.mouse.again = 0
	p.look = Look{
		Styles: style.New(th, style.Options{Generation: 1}), Keys: chatKeys(),
		Width: w, Height: h - 4, Low: h < 12, Typing: true, Focused: true, Now: p.now,
	}
	p.SetLook(p.look)
	p.Enter("c1", views)
	p.show()
	return p
}

// chatKeys are the keys of the chat that hints name.
func chatKeys() *pane.Keys {
	var keys pane.Keys
	keys.Add([]pane.Action{
		{Name: "chat.send", Binding: pane.Bind("", "enter")}, {Name: "chat.read", Binding: pane.Bind("", "esc")},
		{Name: "chat.details", Binding: pane.Bind("", "enter")}, {Name: "chat.fold", Binding: pane.Bind("", "space")},
		{Name: "chat.regenerate", Binding: pane.Bind("", "r")}, {Name: "chat.edit", Binding: pane.Bind("", "e")},
		{Name: "chat.continue", Binding: pane.Bind("", "c")}, {Name: "chat.inspect", Binding: pane.Bind("", "I")},
		{Name: "chat.leaveout", Binding: pane.Bind("", "alt+o", "O")}, {Name: "chat.raw", Binding: pane.Bind("", "v")},
		{Name: "chat.model", Binding: pane.Bind("", "alt+m", "m")},
	})
	return &keys
}

// show takes what changed in the views.
func (p *page) show() {
	p.look.Streaming = len(p.views) > 0 && p.views[len(p.views)-1].Phase != session.Ended
	p.Show(p.views)
	p.SetLook(p.look)
}

// painted are the drawn lines. Drawing them changes neither what is shown nor what is marked.
func (p *page) painted() []string {
	p.t.Helper()
	place, marked, chosen := p.view.place, p.marked, p.chosen
	f := p.Draw()
	if p.view.place != place || p.marked != marked || p.chosen != chosen || p.Dirty() {
		p.t.Fatalf("drawing changed %+v, %+v, %d to %+v, %+v, %d", place, marked, chosen, p.view.place, p.marked, p.chosen)
	}
	return append(append([]string{f.Above}, f.Lines...), f.Below)
}

// screen is what is drawn as plain text; every line must be exactly as wide as the transcript.
func (p *page) screen() string {
	p.t.Helper()
	lines := p.painted()
	for i, l := range lines {
		if n := ansi.StringWidth(l); n != p.look.Width && l != "" {
			p.t.Fatalf("line %d is %d cells wide, not %d: %q", i, n, p.look.Width, l)
		}
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// send hands a message to the transcript and feeds back the replies of what that asks for. It returns what is copied.
func (p *page) send(msg tea.Msg) (copied pane.CopyMsg) {
	out, _ := p.Update(msg, p.now)
	if out.Letters == Write {
		p.look.Typing = true
		p.SetLook(p.look)
	}
	for out.Cmd != nil {
		reply := out.Cmd()
		if c, ok := reply.(pane.CopyMsg); ok {
			return c
		}
		out, _ = p.Update(reply, p.now)
	}
	return copied
}

func (p *page) down(x, y int) { p.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

func (p *page) move(x, y int) { p.send(tea.MouseMotionMsg{X: x, Y: y, Button: tea.MouseLeft}) }

// up is what is copied when the button goes up.
func (p *page) up(x, y int) (s, what string) {
	c := p.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
	return c.Text, c.What
}

// at is the first cell of a text on the screen, in the n-th line that has it.
func (p *page) at(s string, n int) (x, y int) {
	p.t.Helper()
	for y, l := range strings.Split(p.screen(), "\n") {
		if i := strings.Index(l, s); i >= 0 {
			if n--; n < 0 {
				return ansi.StringWidth(l[:i]), y
			}
		}
	}
	p.t.Fatalf("%q is not on the screen:\n%s", s, p.screen())
	return 0, 0
}

// drag marks from the first cell of one text to the last one of another.
func (p *page) drag(from, to string) string {
	p.t.Helper()
	p.later()
	x, y := p.at(from, 0)
	p.down(x, y)
	x, y = p.at(to, 0)
	x += ansi.StringWidth(to) - 1
	p.move(x, y)
	s, _ := p.up(x, y)
	return s
}

// later is long enough for the next click to be a first one.
func (p *page) later() { p.now = p.now.Add(time.Minute) }

// shown is what stands on the ground of what is marked, line by line.
func (p *page) shown() string {
	return uitest.OnGround(p.look.Styles, style.Sel, strings.Join(p.painted(), "\n"))
}

const budget = "## One retry budget for everybody\n\n" +
	"A limit per request is not enough: 50 workers with 3 attempts each are still **150 calls** at the worst moment.\n\n" +
	"- a first attempt **earns** 0.2 of a retry\n" +
	"- a retry **spends** 1, and fails fast when none is left\n\n" +
	"```go\ntype Budget struct { mu sync.Mutex; tokens float64 }\n\n" +
	"// Spend takes one retry, or says no at once.\nfunc (b *Budget) Spend() bool {\n\tb.mu.Lock()\n" +
	"\tdefer b.mu.Unlock()\n" +
	"\tif b.tokens < 1 {\n\t\treturn false // fail fast\n\t}\n\tb.tokens--\n\treturn true\n}\n```\n\n" +
	"Call `Spend` before each retry, never before a first attempt. " +
	"So retries add at most **20 %** to the load, however long the relay is"

// scenes are chats in each state that an answer can be in.
func scenes() map[string][]session.View {
	turn := []session.View{
		question(1, "A 429 says retry-after: 20. What should the other requests do?"),
		ended(2, "Those already streaming go on: the limit counts new requests. Hold **new** sends for 20 s, let one probe "+
			"through, then open up **slowly** instead of releasing the whole queue at once.", relay.StatusOK),
		question(3, "Good. Now cap the retries of the whole pool, in Go."),
	}
	with := func(v session.View) []session.View { return append(turn[:len(turn):len(turn)], v) }
	failed := ended(4, "", relay.StatusFailed)
	failed.Result.Usage = nil
	failed.Result.Err = &relay.Error{Class: relay.ClassRateLimit, Status: 429,
		Message: "Rate limit reached for gpt-4.1\x1b[2J: 500 requests a minute"}
	retrying := live(4, "", session.Retrying)
	retrying.Until, retrying.Attempt = start.Add(7500*time.Millisecond), 2
	retrying.Cause = &relay.WaitCause{Kind: relay.WaitAsked, Endpoint: "sim", Status: 429, Class: relay.ClassRateLimit,
		Wait: 9 * time.Second}
	fell := ended(4, "Answered all the same.", relay.StatusOK)
	fell.Result.Model, fell.Result.Asked = "deepseek-v3.2", "deepseek-v3.2"
	fell.Result.Fallback = &relay.Fallback{From: "gpt-4.1", To: "deepseek-v3.2", Reason: "retry-after 90"}
	fell.Result.Attempts = []relay.Attempt{{Model: "gpt-4.1", Class: relay.ClassRateLimit}, {Model: "deepseek-v3.2"}}
	fell.Sibling, fell.Siblings = 2, 3
	return map[string][]session.View{
		"waiting":   with(live(4, "", session.Waiting)),
		"streaming": with(live(4, budget, session.Streaming)),
		"ended":     with(ended(4, budget+" down.", relay.StatusOK)),
		"failed":    with(failed),
		"truncated": with(ended(4, budget, relay.StatusTruncated)),
		"retrying":  with(retrying),
		"fallback":  with(fell),
	}
}
