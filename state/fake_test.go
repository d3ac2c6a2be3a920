package state

import (
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/filter"
	"relaytop/state/find"
	"relaytop/state/meter"
	"relaytop/state/session"
)

// fakeArchive is an archive in memory that goes through JSON, as a disk would.
type fakeArchive struct {
	mu       sync.Mutex
	chats    map[string][]byte
	messages map[string]map[int64][]byte
	settings map[string]string
	recorded []session.RecordContext
	ended    []*relay.Result
	log      []string
	broken   bool
}

func newShelf() *fakeArchive {
	return &fakeArchive{chats: map[string][]byte{}, messages: map[string]map[int64][]byte{}, settings: map[string]string{}}
}

var errDisk = errors.New("disk full")

func (a *fakeArchive) SaveChat(r session.Record) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken {
		return errDisk
	}
	b, err := json.Marshal(r)
	a.chats[r.ID] = b
	return err
}

func (a *fakeArchive) SaveMessage(r session.MessageRecord) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.broken {
		return errDisk
	}
	if a.messages[r.Chat] == nil {
		a.messages[r.Chat] = map[int64][]byte{}
	}
	b, err := json.Marshal(r)
	a.messages[r.Chat][r.ID] = b
	a.log = append(a.log, "save "+r.Role+" "+r.Text)
	return err
}

func (a *fakeArchive) SaveWhole(r session.Record, messages []session.MessageRecord) error {
	err := a.SaveChat(r)
	for i := 0; i < len(messages) && err == nil; i++ {
		err = a.SaveMessage(messages[i])
	}
	return err
}

func (a *fakeArchive) set(broken bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.broken = broken
}

func (a *fakeArchive) SaveUnsaved(chats []session.Record, messages []session.MessageRecord,
	settings map[string]string) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := range chats {
		a.log = append(a.log, "unsaved "+chats[i].ID+" "+chats[i].Draft)
	}
	for i := range messages {
		a.log = append(a.log, "unsaved "+messages[i].Text)
	}
	for k, v := range settings {
		a.log = append(a.log, "unsaved "+k+" "+v)
	}
	return "unsaved", nil
}

func (a *fakeArchive) DeleteChat(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.chats, id)
	delete(a.messages, id)
	return nil
}

func (a *fakeArchive) ModelFigures(time.Time) ([]meter.ModelFigures, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.log = append(a.log, "model figures")
	return []meter.ModelFigures{{Model: "m", OK: int64(len(a.recorded))}}, nil
}

func (a *fakeArchive) LoadChats() (out []session.Record, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.chats {
		var r session.Record
		err = errors.Join(err, json.Unmarshal(b, &r))
		out = append(out, r)
	}
	return out, err
}

func (a *fakeArchive) LoadMessages(chat string) (out []session.MessageRecord, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.messages[chat] {
		var r session.MessageRecord
		err = errors.Join(err, json.Unmarshal(b, &r))
		out = append(out, r)
	}
	slices.SortFunc(out, func(x, y session.MessageRecord) int { return int(x.ID - y.ID) })
	return out, err
}

func (a *fakeArchive) Search(typed string, limit int, _ int64) (f find.Found, err error) {
	chats, err := a.LoadChats()
	for _, c := range chats {
		list, _ := a.LoadMessages(c.ID)
		for _, m := range list {
			if q := find.Parse(typed); q.In(m.Text) && len(f.Hits) < limit {
				f.Hits = append(f.Hits, find.Hit{Chat: c.ID, Message: m.ID, Role: m.Role})
			}
		}
	}
	return f, err
}

func (a *fakeArchive) Record(_ *relay.Result, c session.RecordContext) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recorded = append(a.recorded, c)
}

func (a *fakeArchive) Request(relay.ID) (*relay.Result, error) { return nil, nil }

func (a *fakeArchive) Requests(filter.Query) (filter.Page, error) {
	return filter.Page{Results: a.ended, Next: filter.Place{At: 1, Seq: 1}}, nil
}

func (a *fakeArchive) Totals() (meter.Counters, error) { return meter.Counters{}, nil }

func (a *fakeArchive) Setting(k string) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok := a.settings[k]
	return v, ok
}

func (a *fakeArchive) SetSetting(k, v string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.settings[k] = v
	return nil
}

func (a *fakeArchive) texts(chat, role string) (out []string) {
	rs, _ := a.LoadMessages(chat)
	for _, r := range rs {
		if r.Role == role {
			out = append(out, r.Text)
		}
	}
	return out
}

// wire is an engine whose answers the test sends.
type wire struct {
	mu          sync.Mutex
	store       *Store
	fakeArchive *fakeArchive
	asked       []relay.Request
	canceled    []relay.ID
	now         []relay.ID
	refuse      error
	limits      []relay.Allowance
}

func (w *wire) Submit(r relay.Request) error {
	w.mu.Lock()
	if w.refuse != nil {
		w.mu.Unlock()
		return w.refuse
	}
	w.asked = append(w.asked, r)
	w.mu.Unlock()
	if w.fakeArchive != nil {
		w.fakeArchive.mu.Lock()
		w.fakeArchive.log = append(w.fakeArchive.log, "submit")
		w.fakeArchive.mu.Unlock()
	}
	w.store.Apply(relay.Event{Kind: relay.Queued, ID: r.ID, At: time.Now(), Model: r.Model})
	return nil
}

func (w *wire) SendNow(id relay.ID) { w.now = append(w.now, id) }

func (w *wire) Allowances() []relay.Allowance { return w.limits }

func (w *wire) Cancel(id relay.ID) {
	w.mu.Lock()
	w.canceled = append(w.canceled, id)
	w.mu.Unlock()
	w.end(id, &relay.Result{Status: relay.StatusCancelled, Err: &relay.Error{Class: relay.ClassCancelled}})
}

func (w *wire) last() relay.Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[len(w.asked)-1]
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.asked)
}

func (w *wire) send(id relay.ID) {
	w.store.Apply(relay.Event{Kind: relay.Sent, ID: id, At: time.Now(), Attempt: 1, Model: "gpt-4.1", Endpoint: "relay"})
}

func (w *wire) text(id relay.ID, s string) {
	w.store.Apply(relay.Event{Kind: relay.Text, ID: id, At: time.Now(), Text: s})
}

func (w *wire) end(id relay.ID, r *relay.Result) {
	r.ID = id
	w.store.Apply(relay.Event{Kind: relay.Done, ID: id, At: time.Now(), Result: r})
}

func (w *wire) answer(id relay.ID, text string) {
	w.send(id)
	w.text(id, text)
	w.end(id, &relay.Result{Status: relay.StatusOK, Text: text, Asked: "gpt-4.1", Endpoint: "relay",
		Usage: &relay.Usage{Input: 10, Output: 5}, Cost: relay.Cost{Amount: 7, Source: relay.SourceReported}})
}

func newStore(t *testing.T, a *fakeArchive) (*Store, *wire) {
	t.Helper()
	w := &wire{fakeArchive: a}
	o := Options{Engine: w, Model: "gpt-4.1", Fallback: []string{"deepseek-v3.2"}, Params: relay.DefaultParams()}
	if a != nil {
		o.Archive = a
	}
	s := New(o)
	w.store = s
	return s, w
}

func closed(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
