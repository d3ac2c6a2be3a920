package chat

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/chat/settings"
	"relaytop/ui/overlay"
	"relaytop/ui/style"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// Shares of a model's context window. A warning is shown from windowTight on; leaving out turns aims at windowAim.
// Both are below 1 because relays do not count tokens exactly as we do.
const (
	windowTight = 0.9
	windowAim   = 0.7
)

// contextWindow is how much of the model's context window the next message takes, in tokens.
type contextWindow struct {
	used      int64 // by the chat
	next      int64 // of the draft
	answer    int64 // max_tokens of the answer
	size      int64 // of the window; 0: not known
	estimated bool  // used is our own count
}

// window is the context window of the model, or the smallest one of the compared models.
func (m *Model) window() contextWindow {
	asked := func(id string) bool { return id == m.model }
	if m.comparing() {
		asked = m.compare.Has
	}
	w := contextWindow{used: m.pace.header.Tokens, next: m.compose.Tokens(), estimated: m.pace.header.TokensEst,
		answer: settings.MaxTokens(m.chat.Params)}
	for _, c := range m.models.now {
		if asked(c.ID) && c.Context > 0 && (w.size == 0 || c.Context < w.size) {
			w.size = c.Context
		}
	}
	return w
}

// tight reports whether most of the window is used.
func (w *contextWindow) tight() bool {
	return w.size > 0 && float64(w.used+w.next) >= windowTight*float64(w.size)
}

// over reports whether the prompt and its answer of max_tokens do not fit into the window.
func (w *contextWindow) over() bool {
	return w.size > 0 && w.used+w.next+w.answer > w.size && w.used+w.next > 0
}

// gauge draws how much of the window the next turn takes.
func (w *contextWindow) gauge(st *style.Styles) string {
	estimated := w.next > 0 || w.estimated && w.used > 0 // the draft is counted by us
	s := widget.About(widget.Short(w.used+w.next), estimated)
	ink := st.Muted.On(style.Panel)
	if w.size > 0 {
		s += " / " + widget.Short(w.size)
		switch {
		case w.over():
			ink = st.Error.On(style.Panel)
		case w.tight():
			ink = st.Warn.On(style.Panel)
		}
	}
	return st.Faint.On(style.Panel).Paint("ctx ") + ink.Paint(s)
}

// warning is why the next message or its answer may not fit into the window, and the action that helps and what it
// does; why is "" if there is enough space. all: every compared model gets the message; older: there are turns that can
// be left out.
func (w *contextWindow) warning(all, older bool) (why, action, does string) {
	switch {
	case w.over() && w.used+w.next <= w.size:
		why = "no room for an answer of " + widget.Short(w.answer) + " tokens"
	case w.over():
		why = "the next message does not fit"
	case w.tight():
		why = strconv.Itoa(int(100*(w.used+w.next)/w.size)) + "% of the window is taken"
	default:
		return "", "", ""
	}
	switch {
	case w.answer >= w.size && w.used+w.next < w.size: // however much is left out
		return why, "chat.params", "lower max_tokens"
	case all:
		return why, "", "not every model has a window that large"
	case !older:
		return why, "chat.model", "a model with a larger window"
	}
	return why, "chat.leaveout", "leaves out the oldest turns"
}

// warning draws what speaks against sending the draft, the line above the composer: it does not fit into the context
// window, or has to wait for a limit of our own. "" if nothing does.
func (m *Model) warning() string {
	st := m.frame.st
	why, action, does := m.frame.window.warning(m.comparing(), nothingOlder(m.views) == "")
	if w := &m.frame.window; why == "" && w.next > 0 {
		why = limitWarning(m.frame.limits, w.used+w.next)
	}
	if why == "" {
		return ""
	}
	if action == "" && does == "" {
		return widget.Fit(st.Warn.Paint(st.Glyphs.Warning+" "+why), m.frame.w)
	}
	key := m.env.Keys.Of(action, true)
	s := st.Warn.Paint(st.Glyphs.Warning+" "+why) + "  " + st.Text.Bold().Paint(key) + st.Muted.Paint(" "+does)
	return widget.Fit(s, m.frame.w)
}

// turn is a question on the shown path, with an estimate of the tokens of it and its answers.
type turn struct {
	at     int // in views
	tokens int64
}

func turnsOf(views []session.View) []turn {
	var out []turn
	for i := range views {
		v := &views[i]
		if v.Role == relay.RoleUser {
			out = append(out, turn{at: i})
		}
		if n := len(out); n > 0 {
			out[n-1].tokens += tokensOf(v)
		}
	}
	return out
}

func tokensOf(v *session.View) int64 {
	if v.Result != nil {
		if u := v.Result.AnswerUsage(); u != nil && u.Output > 0 {
			return u.Output - u.Reasoning
		}
	}
	return relay.EstimateTokens(v.Text)
}

// remains estimates how many tokens are sent if the chat is sent from turn at on. From turn from on it is n tokens.
func remains(n int64, list []turn, from, at int) int64 {
	for i := from; i < at; i++ {
		n -= list[i].tokens
	}
	for i := at; i < from; i++ {
		n += list[i].tokens
	}
	return max(n, 0)
}

// leaveOut asks which of the oldest turns are no longer sent. It starts at a choice that fits.
func (m *Model) leaveOut() tea.Cmd {
	list, views, tokens := turnsOf(m.views), m.views, m.chat.Tokens
	store, chat, key := m.store, m.chat.ID, m.env.Keys.Of("chat.leaveout", true)
	from := 0
	for from < len(list)-1 && views[list[from].at].Left {
		from++
	}
	w := m.frame.window
	aim := int64(windowAim*float64(w.size)) - w.next
	if w.answer < w.size/2 {
		aim = min(aim, w.size-w.answer-w.next)
	}
	if w.size == 0 || tooLong(views) {
		aim = tokens / 2 // our count or the listed window is wrong
	}
	at := from
	for at < len(list)-1 && remains(tokens, list, from, at) > aim {
		at++
	}
	shown := make([]overlay.Turn, len(list))
	for i, t := range list {
		shown[i] = overlay.Turn{Title: text.Clip(views[t.at].Text, 200), Size: widget.AboutTokens(t.tokens)}
	}
	return overlay.Open(overlay.Turns(overlay.TurnsOptions{
		Turns: shown, At: at,
		Note: func(at int) string {
			s := turnWord(at) + " left out   ctx " + widget.About(widget.Short(remains(tokens, list, from, at)), true)
			if w.size > 0 {
				s += " / " + widget.Short(w.size)
			}
			return s
		},
		Done: func(at int) tea.Cmd { return sendFrom(store, chat, views, list, at, key) },
	}))
}

// sendFrom leaves out the turns before the turn at. key takes them back.
func sendFrom(store Store, chat string, views []session.View, list []turn, at int, key string) tea.Cmd {
	id, done := int64(0), "everything is sent"
	if at > 0 {
		id = views[list[at].at].ID
		done = turnWord(at) + " left out of what is sent"
		if key != "" {
			done += "; " + key + " takes them back"
		}
	}
	return report("nothing was left out", done, func() error { return store.Talk.LeaveOut(chat, id) })
}

func turnWord(n int) string {
	switch n {
	case 0:
		return "nothing is"
	case 1:
		return relay.Counted(n, "turn") + " is"
	}
	return relay.Counted(n, "turn") + " are"
}

// tooLong reports whether the relay refused the last message because the chat is too long.
func tooLong(views []session.View) bool {
	n := len(views)
	if n == 0 {
		return false
	}
	r := views[n-1].Result
	return r != nil && r.Err != nil && r.Err.Class == relay.ClassContextLength
}

// nothingOlder returns why no turn can be left out; "" if one can.
func nothingOlder(views []session.View) string {
	questions := 0
	for i := len(views) - 1; i >= 0 && questions < 2; i-- {
		if views[i].Role == relay.RoleUser {
			questions++
		}
	}
	if questions < 2 {
		return "there is nothing older than the last turn"
	}
	return ""
}
