package cli

import (
	"errors"
	"fmt"
	"strings"

	"relaytop/relay"
	"relaytop/state/session"
	"relaytop/ui/text"
)

// sendIn asks in a chat as the dashboard does: the question is stored before it is sent, and the answer follows it
// there.
func (c *chatCommand) sendIn(app *App, prompt session.Prompt, f *chatFlags, end chan<- *relay.Result) (sent, error) {
	chat, err := c.chatFor(app, f)
	if err != nil {
		return sent{}, err
	}
	if err := app.Store.Budget().Check(app.Config.DefaultModel); err != nil {
		return sent{}, fail(exitFailed, err)
	}
	if err := c.settle(app, chat, f); err != nil {
		return sent{}, fail(exitFailed, err)
	}
	if err := app.Store.Talk().Ask(chat, prompt.Text, prompt.Parts...); err != nil {
		return sent{}, fail(exitFailed, err)
	}
	views := app.Store.Talk().Messages(chat)
	if len(views) == 0 {
		return sent{}, fail(exitFailed, session.ErrNoMessage)
	}
	answer := views[len(views)-1]
	if answer.Phase == session.Ended && answer.Result != nil { // the engine refused it, and sends no event
		select {
		case end <- answer.Result:
		default:
		}
	}
	return sent{chat: chat, id: answer.Request}, nil
}

// chatFor is the chat that keeps the turn.
func (c *chatCommand) chatFor(app *App, f *chatFlags) (string, error) {
	if f.save {
		return app.Store.Library().New(), nil
	}
	h, err := findChat(app.Store.Library().List(), f.chat, app.Store.Snapshot().Chat.ID)
	if err != nil {
		return "", fail(exitUsage, err)
	}
	switch {
	case len(h.Compare) > 0:
		return "", fail(exitUsage, errors.New(
			"this chat compares models side by side; end that in the dashboard first, or name another chat"))
	case len(h.Queued) > 0:
		return "", fail(exitUsage, fmt.Errorf(
			"this chat has %s; send or remove them in the dashboard first, or name another chat",
			relay.Counted(len(h.Queued), "queued message")))
	}
	if f.chat == lastOne {
		c.console.note("continuing %q, --continue=%s", text.Line(h.Title), h.ID)
	}
	return h.ID, fail(exitFailed, app.Store.Library().Open(h.ID))
}

// findChat finds a chat by its ID, by the beginning of one, or by "last".
func findChat(chats []session.Header, id, last string) (session.Header, error) {
	var found []session.Header
	for _, h := range chats {
		switch {
		case h.Messages == 0 && h.ID != id:
		case id == lastOne && h.ID == last, h.ID == id:
			return h, nil
		case id != lastOne && strings.HasPrefix(h.ID, strings.ToUpper(id)):
			found = append(found, h)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return session.Header{}, fmt.Errorf("%d chats have an ID that begins with %q; give more letters", len(found), id)
	case id == lastOne:
		return session.Header{}, errors.New("there is no chat yet; --save keeps a turn as one, and so does the dashboard")
	}
	return session.Header{}, fmt.Errorf("there is no chat %q; `relaytop chats list` shows them", id)
}

// settle stores the given model, system prompt and parameters in the chat, for this turn and later ones.
func (c *chatCommand) settle(app *App, chat string, f *chatFlags) error {
	var errs []error
	if f.save || c.config.flags.set.Changed("model") {
		errs = append(errs, app.Store.Settings().SetModel(chat, app.Config.DefaultModel))
	}
	if f.save || f.given.Changed("system") || f.given.Changed("system-file") {
		errs = append(errs, app.Store.Settings().SetSystem(chat, f.system))
	}
	if f.save {
		errs = append(errs, app.Store.Settings().SetParams(chat, f.apply(relay.DefaultParams())))
	} else if len(f.set) > 0 {
		errs = append(errs, app.Store.Settings().SetParams(chat, f.apply(app.Store.Snapshot().Chat.Params)))
	}
	return errors.Join(errs...)
}
