package ui

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/ui/style"
	"relaytop/ui/uitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// mute is an engine that accepts everything and says nothing: the test plays the relay by applying events.
type mute struct {
	mu    sync.Mutex
	asked []relay.Request
	ended []relay.ID
}

func (e *mute) Submit(r relay.Request) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.asked = append(e.asked, r)
	return nil
}

func (e *mute) Allowances() []relay.Allowance { return nil }

func (e *mute) Cancel(id relay.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = append(e.ended, id)
}

func (e *mute) last() relay.Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) == 0 {
		return relay.Request{}
	}
	return e.asked[len(e.asked)-1]
}

// desk is a dashboard over a real store, with the relay played by the test.
type desk struct {
	*uitest.Driver
	store  *state.Store
	engine *mute
	root   *model
	stop   func()
}

// open shows a dashboard of a size. It must be called in a synctest bubble; stop ends what it started.
func open(t *testing.T, w, h int) *desk {
	t.Helper()
	return openWith(t, w, h, Options{Theme: "dark"})
}

func openWith(t *testing.T, w, h int, o Options) *desk {
	t.Helper()
	e := &mute{}
	st := state.New(state.Options{Engine: e, Demo: true, Relay: "sim", Model: "gpt-4.1", Params: relay.DefaultParams()})
	ctx, cancel := context.WithCancel(context.Background())
	m, err := build(ctx, st, o)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{store: st, engine: e, root: m}
	d.Driver = uitest.Start(t, m, w, h)
	d.stop = func() {
		cancel()
		<-time.After(time.Minute) // timers of messages that would have gone away
		if err := st.Close(context.Background()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	}
	return d
}

// say applies events of the request that was asked last and lets a frame pass.
func (d *desk) say(events ...relay.Event) {
	r := d.engine.last()
	for _, e := range events {
		e.ID, e.Lane, e.At = r.ID, r.Lane, time.Now()
		d.store.Apply(e)
	}
	d.wait(time.Second)
}

// wait lets fake time pass, with the frames that fall into it.
func (d *desk) wait(long time.Duration) {
	end := time.Now().Add(long)
	for time.Now().Before(end) {
		<-time.After(min(50*time.Millisecond, time.Until(end)))
		d.Idle()
	}
}

// testModel is a dashboard that is only looked at.
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

// resize gives the terminal another size.
func (d *desk) resize(w, h int) { d.Send(tea.WindowSizeMsg{Width: w, Height: h}) }
