package chat

import (
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"relaytop/state/session"
	"relaytop/ui/overlay"
	"relaytop/ui/text"
	"relaytop/ui/widget"
)

// pick lists the chats, pinned ones first, then by their last use. current is the open one.
func (l library) pick(current string, now time.Time) tea.Cmd {
	chats := slices.Clone(l.store.Library.List())
	slices.SortStableFunc(chats, func(a, b session.Header) int {
		if a.Pinned != b.Pinned {
			if a.Pinned {
				return -1
			}
			return 1
		}
		return b.Updated.Compare(a.Updated)
	})
	choices := make([]overlay.Choice, 0, len(chats))
	at := 0
	for i, c := range chats {
		if c.ID == current {
			at = i
		}
		title := c.Title
		switch {
		case title == "" && c.Draft != "":
			title = "draft: " + text.Clip(c.Draft, 80)
		case title == "":
			title = "new chat"
		}
		choices = append(choices, overlay.Choice{Title: title, Run: func() tea.Msg { return openMsg(c.ID) },
			Cells: []string{day(c.Updated, now), c.Model, strconv.Itoa(c.Messages), spent(c)}})
	}
	return overlay.Open(overlay.Picker(overlay.PickerOptions{
		Title: "chats", Placeholder: "words in the title", Empty: "there are no chats yet",
		Choices: choices, Current: at, Width: 96,
		Marked: func(i int) string {
			switch {
			case chats[i].ID == current:
				return l.env.Styles.Glyphs.Bullet
			case chats[i].Pinned:
				return "^"
			}
			return ""
		},
		Keys: []overlay.PickerKey{
			{Key: "ctrl+r", Does: "rename", Do: func(i int) (bool, tea.Cmd) { return true, l.rename(chats[i]) }},
			{Key: "ctrl+d", Does: "delete", Do: func(i int) (bool, tea.Cmd) { return true, l.remove(chats[i]) }},
			{Key: "ctrl+t", Does: "pin", Do: func(i int) (bool, tea.Cmd) {
				cmd := l.pin(chats[i])
				chats[i].Pinned = !chats[i].Pinned
				return false, cmd
			}},
		},
		Alternative: overlay.PickerAlternative{Key: "ctrl+f", Does: "searches all messages",
			Do: func(typed string) tea.Cmd { return l.search(typed, now) }},
		Columns: []widget.Column{{Title: "last", Width: 7}, {Title: "model", Width: 14},
			{Title: "msgs", Width: 5, Right: true}, {Title: "cost", Width: 10, Right: true}},
	}))
}

// spent is what a chat cost, as far as it is known.
func spent(c session.Header) string {
	if c.Unknown > 0 && c.Cost == 0 {
		return "unknown"
	}
	s := widget.About(c.Cost.Dollars(), c.Estimated)
	if c.Unknown > 0 {
		s += "+?"
	}
	return s
}

// day formats a time for a list: the time of day for today, otherwise the date.
func day(t, now time.Time) string {
	switch t, now = t.Local(), now.Local(); {
	case t.IsZero():
		return ""
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("Jan 2006")
}
