package chat

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/chat/settings"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Of a model's window: where it is warned, and what is aimed for when turns are left out. Relays count otherwise than we do.
const (
	windowTight = 0.9
	windowAim   = 0.7
)

// filling is how the next message stands to the model's window.
type filling struct {
	used, next, answer, window int64 // tokens: of the chat, of what is being written, that the answer may have, in all
}

func (m *Model) filling() filling {
	return filling{used: m.gauged.Tokens, next: m.compose.Tokens(), answer: settings.MaxTokens(m.chat.Params), window: m.context()}
}

// tight: most of the window is used. over: what would be sent and the answer that it asks for do not fit into it.
func (r filling) tight() bool {
	return r.window > 0 && float64(r.used+r.next) >= windowTight*float64(r.window)
}

func (r filling) over() bool {
	return r.window > 0 && r.used+r.next+r.answer > r.window && r.used+r.next > 0
}

// gauge is how much of the model's window the next turn takes.
func (m *Model) gauge() string {
	st := m.env.Styles
	r := m.filling()
	s := m.about(r.used + r.next)
	if r.next > 0 && !strings.HasPrefix(s, "~") {
		s = "~" + s // what is written is counted by us
	}
	ink := st.Muted.On(style.Panel)
	if r.window > 0 {
		s += " / " + widget.Short(r.window)
		switch {
		case r.over():
			ink = st.Error.On(style.Panel)
		case r.tight():
			ink = st.Warn.On(style.Panel)
		}
	}
	return st.Faint.On(style.Panel).Paint("ctx ") + ink.Paint(s)
}

// about is a number of the chat's tokens, marked where it is an estimate.
func (m *Model) about(n int64) string {
	if m.gauged.TokensEst && n > 0 {
		return "~" + widget.Short(n)
	}
	return widget.Short(n)
}

// context is the window of the model, in tokens, and the smallest of those that are compared; 0: not known.
func (m *Model) context() (least int64) {
	if m.opts.Models == nil {
		return 0
	}
	asked := func(id string) bool { return id == m.model }
	if m.comparing() {
		asked = func(id string) bool {
			return m.compare.Has(id)
		}
	}
	for _, c := range m.opts.Models() {
		if asked(c.ID) && c.Context > 0 && (least == 0 || c.Context < least) {
			least = c.Context
		}
	}
	return least
}

// overflow is the line above the composer that warns before the window overflows; "" while there is room.
func (m *Model) overflow() string {
	st, r := m.env.Styles, m.filling()
	why := ""
	switch {
	case r.over() && r.used+r.next <= r.window:
		why = "no room for an answer of " + widget.Short(r.answer) + " tokens"
	case r.over():
		why = "the next message does not fit"
	case r.tight():
		why = strconv.Itoa(int(100*(r.used+r.next)/r.window)) + "% of the window is taken"
	default:
		return ""
	}
	what, key := "leaves out the oldest turns", "alt+o"
	switch {
	case r.answer >= r.window && r.used+r.next < r.window: // however much is left out
		what, key = "lower max_tokens", "alt+p"
	case m.comparing():
		what, key = "not every model has that much room", ""
	case m.whyLeaveOut() != "":
		what, key = "a model with a larger window", "alt+m"
	}
	return widget.Fit(st.Warn.Paint(st.Glyphs.Warning+" "+why)+"  "+st.Text.Bold().Paint(key)+st.Muted.Paint(" "+what), m.w)
}

// turn is a question on the shown path, and about how many tokens it and its answers take.
type turn struct {
	at     int // in views
	tokens int64
}

func (m *Model) turns() []turn {
	var out []turn
	for i := range m.views {
		v := &m.views[i]
		if v.Role == roleUser {
			out = append(out, turn{at: i})
		}
		if n := len(out); n > 0 {
			out[n-1].tokens += tokensOf(v)
		}
	}
	return out
}

func tokensOf(v *session.View) int64 {
	if v.Result != nil && v.Result.Usage != nil && v.Result.Usage.Output > 0 {
		return v.Result.Usage.Output - v.Result.Usage.Reasoning
	}
	return relay.EstimateTokens(v.Text)
}

// remains is about how many tokens are sent if the chat is sent from turn at on; from is where it begins now.
func (m *Model) remains(list []turn, from, at int) int64 {
	n := m.chat.Tokens
	for i := from; i < at; i++ {
		n -= list[i].tokens
	}
	for i := at; i < from; i++ {
		n += list[i].tokens
	}
	return max(n, 0)
}

// leaveOut asks which of the oldest turns are not sent any more. It begins with a choice that fits.
func (m *Model) leaveOut() tea.Cmd {
	list := m.turns()
	from := 0
	for from < len(list)-1 && m.views[list[from].at].Left {
		from++
	}
	r := m.filling()
	aim := int64(windowAim*float64(r.window)) - r.next
	if r.answer < r.window/2 {
		aim = min(aim, r.window-r.answer-r.next)
	}
	if r.window == 0 || m.tooLong() {
		aim = m.chat.Tokens / 2 // our count, or the window that we know, was wrong
	}
	at := from
	for at < len(list)-1 && m.remains(list, from, at) > aim {
		at++
	}
	shown := make([]overlay.Turn, len(list))
	for i, t := range list {
		shown[i] = overlay.Turn{Title: text.Clip(m.views[t.at].Text, 200), Size: "~" + widget.Short(t.tokens) + " tok"}
	}
	return overlay.Open(overlay.Turns(overlay.TurnsOptions{Turns: shown, At: at,
		Note: func(at int) string {
			s := turnWord(at) + " left out   ctx ~" + widget.Short(m.remains(list, from, at))
			if r.window > 0 {
				s += " / " + widget.Short(r.window)
			}
			return s
		},
		Done: func(at int) tea.Cmd { return m.sendFrom(list, at) }}))
}

func (m *Model) sendFrom(list []turn, at int) tea.Cmd {
	store, chat, id := m.store, m.chat.ID, int64(0)
	say := "everything is sent"
	if at > 0 {
		id = m.views[list[at].at].ID
		say = turnWord(at) + " left out of what is sent; alt+o takes them back"
	}
	return func() tea.Msg { return doneMsg{what: "nothing was left out", say: say, err: store.LeaveOut(chat, id)} }
}

func turnWord(n int) string {
	switch n {
	case 0:
		return "nothing is"
	case 1:
		return "1 turn is"
	}
	return strconv.Itoa(n) + " turns are"
}

// tooLong reports whether the relay said of the last message that the chat is too long.
func (m *Model) tooLong() bool {
	n := len(m.views)
	if n == 0 {
		return false
	}
	r := m.views[n-1].Result
	return r != nil && r.Err != nil && r.Err.Class == relay.ClassContextLength
}

func (m *Model) whyLeaveOut() string {
	if m.comparing() {
		return "models are compared: adopt one first"
	}
	questions := 0
	for i := len(m.views) - 1; i >= 0 && questions < 2; i-- {
		if m.views[i].Role == roleUser {
			questions++
		}
	}
	if questions < 2 {
		return "there is nothing older than the last turn"
	}
	return ""
}
