package ui

import (
	"context"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// silentEngine is an engine that accepts every request and sends no events: the test applies them to the store.
type silentEngine struct {
	mu    sync.Mutex
	asked []relay.Request
	ended []relay.ID
}

func (e *silentEngine) Submit(r relay.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r)
	return nil
}

func (e *silentEngine) SendNow(relay.ID) {}

func (e *silentEngine) Allowances() []relay.Allowance { return nil }

func (e *silentEngine) Cancel(id relay.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = append(e.ended, id)
}

func (e *silentEngine) last() relay.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) == 0 {
		return relay.Request{}
	}
	return e.asked[len(e.asked)-1]
}

// dashboard is the model over a real store; the test applies the events of the relay.
type dashboard struct {
	*uitest.Driver
	store  *state.Store
	engine *silentEngine
	root   *model
	stop   func()
}

// open shows a dashboard of a size. It must be called in a synctest bubble; stop ends what it started.
func open(t *testing.T, w, h int) *dashboard {
	t.Helper()
	return openWith(t, w, h, Options{Theme: "dark"})
}

func openWith(t *testing.T, w, h int, o Options) *dashboard {
	t.Helper()
	e := &silentEngine{}
	st := state.New(state.Options{Engine: e, Demo: true, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()})
	ctx, cancel := context.WithCancel(context.Background())
	m, err := build(ctx, st, o)
	if err != nil {
		t.Fatal(err)
	}
	d := &dashboard{store: st, engine: e, root: m}
	d.Driver = uitest.Start(t, m, w, h)
	d.stop = func() {
		cancel()
		<-time.After(time.Minute) // lets the timers of toasts end
		if err := st.Close(context.Background()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	}
	return d
}

// feed applies events of the last request and waits for a frame.
func (d *dashboard) feed(events ...relay.Event) {
	r, end := d.engine.last(), time.Now().Add(time.Second)
	for _, e := range events {
		for _, piece := range inTwo(e) {
			piece.ID, piece.Lane, piece.At = r.ID, r.Lane, time.Now()
			d.store.Apply(piece)
		}
	}
	d.wait(time.Until(end))
}

// inTwo is an event, or the two halves of a text with some time between them: what comes at once has no speed.
func inTwo(e relay.Event) iter.Seq2[int, relay.Event] {
	return func(yield func(int, relay.Event) bool) {
		half := len(e.Text) / 2
		for half > 0 && !utf8.RuneStart(e.Text[half]) {
			half--
		}
		if e.Kind == relay.Text && half > 0 {
			first := e
			first.Text, e.Text = e.Text[:half], e.Text[half:]
			if !yield(0, first) {
				return
			}
			<-time.After(20 * time.Millisecond)
		}
		yield(1, e)
	}
}

// wait lets fake time pass, with the frames that are due.
func (d *dashboard) wait(long time.Duration) {
	end := time.Now().Add(long)
	for time.Now().Before(end) {
		<-time.After(min(50*time.Millisecond, time.Until(end)))
		d.Idle()
	}
}

// testModel is a model without a terminal or events.
func testModel(t *testing.T) *model {
	t.Helper()
	st := state.New(state.Options{Demo: true, Relay: "sim", Model: "gpt-4.1"})
	t.Cleanup(func() { _ = st.Close(context.Background()) })
	m, err := build(context.Background(), st, Options{Theme: "dark", Look: style.Options{}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var _ tea.Model = (*model)(nil)

// resize changes the size of the terminal.
func (d *dashboard) resize(w, h int) { d.Send(tea.WindowSizeMsg{Width: w, Height: h}) }
