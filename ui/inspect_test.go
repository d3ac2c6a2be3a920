package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/ui/pane"
)

// asked sends a question that gets an answer with all its details.
func asked(d *dashboard) {
	d.Type("What is a relay?")
	d.Press("enter")
	d.feed(relay.Event{Kind: relay.Queued}, relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim", Attempt: 1},
		relay.Event{Kind: relay.Text, Text: "It forwards."})
	x := &relay.Exchange{ID: d.engine.last().ID, Attempt: 1, Method: "POST", URL: "http://sim/v1/chat/completions",
		Body: []byte(`{"model":"gpt-4.1"}`), BodySize: 19, Status: 200,
		Received: []relay.Field{{Name: "Server", Value: "nginx"}}, Answer: []byte("data: [DONE]\n"), AnswerSize: 13}
	d.feed(relay.Event{Kind: relay.Exchanged, Exchange: x}, done(d, "It forwards."))
}

func TestInspectorOpensOverThePanes(t *testing.T) {
	for _, s := range sizes {
		t.Run(fmt.Sprintf("%dx%d", s.w, s.h), func(t *testing.T) {
			in(t, s.w, s.h, func(d *dashboard) {
				asked(d)
				d.Press("alt+i")
				d.Expect("inspect", "[overview]", "answered by gpt-4.1", "esc close", "req/s")
				for range 4 {
					fits(t, d, s.w, s.h)
					d.Press("right")
				}
				d.Press("right", "right")
				d.Expect("[request]", "POST")
				d.Press("esc")
				d.Refuse("[request]")
				d.Expect("It forwards.")
				fits(t, d, s.w, s.h)
			})
		})
	}
}

func TestInspectorClosesByItsKeysAndDoesNotQuit(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		asked(d)
		d.Press("alt+k") // to navigate
		for _, k := range []string{"esc", "q", "I", "alt+i", "alt+2"} {
			d.Press("alt+1", "I")
			d.Expect("[overview]")
			d.Press("tab", "shift+tab", "z")
			d.Expect("[overview]")
			d.Press(k)
			d.Refuse("[overview]")
			if d.Quit() {
				t.Fatalf("%s quits", k)
			}
		}
	})
}

func TestInspectorHelpAndPaletteKnowItsKeys(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		asked(d)
		d.Press("alt+i", "?")
		d.Expect("Copy the request as curl", "Edit and replay")
		d.Press("esc", "ctrl+p")
		d.Type("curl")
		d.Expect("Copy the request as curl")
		d.Press("enter")
		d.Expect("the request as curl", "characters sent to the terminal's clipboard")
	})
}

func TestReplayIsShownAsItRuns(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		asked(d)
		first := d.engine.last().ID
		d.Press("alt+i", "r")
		second := d.engine.last().ID
		if second == first {
			t.Fatal("nothing was sent")
		}
		d.Expect(second.String(), "waiting for")
		d.Refuse(first.String())
		d.feed(relay.Event{Kind: relay.Sent, Model: "gpt-4.1", Endpoint: "sim", Attempt: 1},
			relay.Event{Kind: relay.Answering, Attempt: 1, Status: 200},
			relay.Event{Kind: relay.Text, Attempt: 1, Text: "Again."})
		d.Expect("streaming", "under way")
		before := d.Screen()
		d.wait(3 * time.Second)
		if d.Screen() == before {
			t.Error("the waterfall does not grow")
		}
		d.feed(done(d, "Again."))
		d.Expect("answered by gpt-4.1")
		d.Press("esc")
		d.Expect("2/2")
	})
}

func TestEditGoesBackToTheQuestion(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		asked(d)
		d.Press("alt+2")
		d.Send(pane.InspectMsg{ID: d.engine.last().ID}) // without a way to edit
		d.Press("e")
		d.Expect("[overview]", "can't be edited from here")
		d.Press("esc", "alt+1", "alt+i", "e")
		d.Refuse("[overview]")
		d.Type(" Really?")
		d.Press("enter")
		if got := d.engine.last().Messages; len(got) != 1 || got[0].Text != "What is a relay? Really?" {
			t.Errorf("sent was %+v", got)
		}
	})
}

// TestInspectorIsStill: while nothing changes, no frame is composed for it.
func TestInspectorIsStill(t *testing.T) {
	in(t, 120, 36, func(d *dashboard) {
		asked(d)
		d.Press("alt+i")
		d.wait(2 * time.Minute) // the windows of the strip run out
		before := d.root.screen.stats.Composed
		d.wait(time.Minute)
		if n := d.root.screen.stats.Composed - before; n != 0 {
			t.Errorf("%d frames while nothing changes", n)
		}
		if !strings.Contains(d.Screen(), "[overview]") {
			t.Error("it is gone")
		}
	})
}
