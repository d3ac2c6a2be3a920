package job

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"relaytop/relay"
)

// account is what a provider keeps: it outlives the processes that use it. Each poll moves a batch on by one phase.
type account struct {
	mu      sync.Mutex
	files   map[string][]fakeLine
	outputs map[string][]relay.BatchLine
	batches []*fakeBatch
	uploads int
	calls   []string

	answer func(l fakeLine) *relay.BatchLine // nil: the row is answered
	odd    func(b *relay.Batch)              // changes what a poll says
	ends   relay.BatchPhase                  // in place of completed
	ran    int                               // rows that ran, for an end that is not completed
	cut    int                               // downloads that are cut off
	short  int                               // downloads that have only half of the lines
	refuse error                             // of Create
	cannot relay.Capability
	price  func(model string, in, out int64) (relay.Cost, bool)
}

type fakeLine struct {
	ID     string          `json:"custom_id"`
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body"`
}

type fakeBatch struct{ relay.Batch }

func newAccount() *account {
	return &account{files: map[string][]fakeLine{}, outputs: map[string][]relay.BatchLine{},
		cannot: relay.Capability{Available: true}}
}

// created counts the batches of each part.
func (a *account) created() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string]int{}
	for _, b := range a.batches {
		out[b.Metadata[metaRun]+"/"+b.Metadata[metaPart]]++
	}
	return out
}

// rowsSent are the ids of the rows of all batches.
func (a *account) rowsSent() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for _, b := range a.batches {
		for _, l := range a.files[b.Input] {
			out = append(out, l.ID)
		}
	}
	slices.Sort(out)
	return out
}

// visitor is a Provider of one process: hook is called before and after what each call does.
type visitor struct {
	*account
	hook func(ctx context.Context, call string) error
}

func (v *visitor) at(ctx context.Context, call string) error {
	v.mu.Lock()
	v.calls = append(v.calls, call)
	v.mu.Unlock()
	if v.hook == nil {
		return ctx.Err()
	}
	return v.hook(ctx, call)
}

func (v *visitor) Name() string       { return "home" }
func (v *visitor) Serves(string) bool { return true }

func (v *visitor) Probe(ctx context.Context) (relay.Capability, error) {
	return v.cannot, v.at(ctx, "probe")
}

func (v *visitor) Body(req *relay.Request) ([]byte, error) {
	if len(req.Body) > 0 {
		return req.Body, nil
	}
	return json.Marshal(map[string]any{"model": req.Model, "messages": []any{
		map[string]string{"role": "user", "content": promptIn(*req)}}})
}

func (v *visitor) Upload(ctx context.Context, _, _ string, size int64, rows io.Reader) (string, error) {
	if err := v.at(ctx, "upload"); err != nil {
		return "", err
	}
	var lines []fakeLine
	var read int64
	for s := bufio.NewScanner(rows); s.Scan(); {
		var l fakeLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return "", err
		}
		read += int64(len(s.Bytes())) + 1
		lines = append(lines, l)
	}
	if read != size {
		return "", fmt.Errorf("%d bytes came, not %d", read, size)
	}
	v.mu.Lock()
	v.uploads++
	id := fmt.Sprintf("file-%d", v.uploads)
	v.files[id] = lines
	v.mu.Unlock()
	return id, v.at(ctx, "uploaded")
}

func (v *visitor) Create(ctx context.Context, o relay.BatchOrder) (relay.Batch, error) {
	if err := v.at(ctx, "create"); err != nil {
		return relay.Batch{}, err
	}
	v.mu.Lock()
	if err := v.refuse; err != nil {
		v.mu.Unlock()
		return relay.Batch{}, err
	}
	b := &fakeBatch{Batch: relay.Batch{ID: fmt.Sprintf("batch-%d", len(v.batches)+1), Phase: relay.BatchValidating,
		Input: o.File, Metadata: o.Metadata, Total: len(v.files[o.File])}}
	v.batches = append(v.batches, b)
	v.mu.Unlock()
	return b.Batch, v.at(ctx, "created")
}

func (v *visitor) Batch(ctx context.Context, id string) (relay.Batch, error) {
	if err := v.at(ctx, "poll"); err != nil {
		return relay.Batch{}, err
	}
	v.mu.Lock()
	i := slices.IndexFunc(v.batches, func(b *fakeBatch) bool { return b.ID == id })
	if i < 0 {
		v.mu.Unlock()
		return relay.Batch{}, &relay.Error{Class: relay.ClassInvalid, Status: http.StatusNotFound, Message: "no such batch"}
	}
	b := v.batches[i]
	v.advance(b)
	out := b.Batch
	if v.odd != nil {
		v.odd(&out)
	}
	v.mu.Unlock()
	return out, v.at(ctx, "polled")
}

// advance moves a batch on by one phase. The lock is held.
func (v *visitor) advance(b *fakeBatch) {
	rows := len(v.files[b.Input])
	switch b.Phase {
	case relay.BatchValidating:
		b.Phase = relay.BatchInProgress
		if v.ends == relay.BatchFailed {
			b.Phase, b.Problem = relay.BatchFailed, "line 1: not JSON"
		}
	case relay.BatchInProgress:
		b.Phase = relay.BatchFinalizing
	case relay.BatchFinalizing:
		b.Phase = relay.BatchCompleted
		if v.ends != "" {
			b.Phase = v.ends
		}
		v.settle(b, rows)
	case relay.BatchCancelling:
		b.Phase = relay.BatchCancelled
		v.settle(b, rows)
	}
}

func (v *visitor) settle(b *fakeBatch, rows int) {
	ran := rows
	if b.Phase != relay.BatchCompleted {
		ran = v.ran
	}
	var out, bad []relay.BatchLine
	for i, row := range v.files[b.Input] {
		if i >= ran {
			bad = append(bad, relay.BatchLine{CustomID: row.ID, Code: "batch_expired", Message: "too late"})
			continue
		}
		l := &relay.BatchLine{CustomID: row.ID, Status: 200, Body: row.Body, Remote: "req"}
		if v.answer != nil {
			if l = v.answer(row); l == nil {
				continue
			}
		}
		if l.Status == 200 {
			out = append(out, *l)
		} else {
			bad = append(bad, *l)
		}
	}
	slices.Reverse(out)
	if len(out) > 0 {
		b.Output = "out-" + b.ID
		v.outputs[b.Output] = out
	}
	if len(bad) > 0 {
		b.Errors = "err-" + b.ID
		v.outputs[b.Errors] = bad
	}
	b.Completed, b.Failed = len(out), len(bad)
}

func (v *visitor) List(ctx context.Context, each func(relay.Batch) bool) error {
	if err := v.at(ctx, "list"); err != nil {
		return err
	}
	v.mu.Lock()
	list := slices.Clone(v.batches)
	v.mu.Unlock()
	for _, b := range slices.Backward(list) {
		if !each(b.Batch) {
			break
		}
	}
	return nil
}

func (v *visitor) Cancel(ctx context.Context, id string) (relay.Batch, error) {
	if err := v.at(ctx, "cancel"); err != nil {
		return relay.Batch{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, b := range v.batches {
		if b.ID == id && !b.Phase.Final() {
			b.Phase = relay.BatchCancelling
			return b.Batch, nil
		}
	}
	return relay.Batch{}, &relay.Error{Class: relay.ClassUpstream, Status: http.StatusConflict, Message: "it has ended"}
}

func (v *visitor) Lines(ctx context.Context, file string, each func(relay.BatchLine) error, _ func(error)) error {
	if err := v.at(ctx, "download"); err != nil {
		return err
	}
	v.mu.Lock()
	lines := v.outputs[file]
	cut, short := v.cut > 0, v.short > 0
	if cut {
		v.cut--
	} else if short {
		v.short--
	}
	v.mu.Unlock()
	if cut || short {
		lines = lines[:len(lines)/2]
	}
	for _, l := range lines {
		if err := v.at(ctx, "line"); err != nil {
			return err
		}
		if err := each(l); err != nil {
			return err
		}
	}
	if cut {
		return relay.ErrCutOff
	}
	return v.at(ctx, "downloaded")
}

func (v *visitor) Result(l *relay.BatchLine, row relay.BatchRow) *relay.Result {
	res := ok("re: " + l.CustomID)
	if l.Code != "" || l.Message != "" || l.Status != 200 {
		res = failed(relay.ClassInvalid)
		res.Err.Code, res.Err.Message = l.Code, l.Message
		res.Attempts[0].Status = l.Status
	}
	res.ID, res.Timing.Whole = row.ID, true
	return res
}

func (v *visitor) Price(model string, in, out int64) (relay.Cost, bool) {
	if v.price == nil {
		return relay.Cost{}, false
	}
	return v.price(model, in, out)
}

// errKilled is what a call returns to a process that is no longer there.
var errKilled = errors.New("killed")

// quick are limits that make a test fast: parts of rows rows.
func quick(rows int) PartLimits {
	return PartLimits{Rows: rows, PollMin: time.Millisecond, PollMax: 2 * time.Millisecond,
		FindFor: 30 * time.Millisecond}
}

// distinctOf is the number of different texts.
func distinctOf(list []string) int { return len(slices.Compact(slices.Sorted(slices.Values(list)))) }

// joined is a list in one text, for a message.
func joined(list []string) string { return strings.Join(list, " ") }
