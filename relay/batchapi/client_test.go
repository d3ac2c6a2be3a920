package batchapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/relay/batchapi"
	"relaytop/relay/openai"
	"relaytop/relay/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-test-1234567890abcdef"

// client returns a client of a base URL.
func client(t *testing.T, url string) *batchapi.Client {
	t.Helper()
	c, err := openai.New(relay.Endpoint{Name: "home", BaseURL: url, Key: key}, openai.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return batchapi.New(c)
}

// play starts a simulated relay that moves a batch on with each poll.
func play(t *testing.T, odd sim.BatchOddities) (*sim.Server, *batchapi.Client) {
	t.Helper()
	o := sim.Instant()
	o.Key = key
	s, err := sim.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	odd.Pace = -1
	s.PlayBatches(odd)
	return s, client(t, s.URL())
}

// file is a batch file of n rows.
func file(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"custom_id":"r-%d","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4.1",`+
			`"messages":[{"role":"user","content":"Question %d"}]}}`+"\n", i, i)
	}
	return b.String()
}

// create uploads a file and starts a batch of it.
func create(t *testing.T, c *batchapi.Client, rows string) relay.Batch {
	t.Helper()
	id, err := c.Upload(t.Context(), "rows.jsonl", int64(len(rows)), strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	b, err := c.Create(t.Context(), relay.BatchOrder{File: id, Metadata: map[string]string{"run_id": "r1", "part": "1"}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// settled polls a batch until it is final.
func settled(t *testing.T, c *batchapi.Client, id string) relay.Batch {
	t.Helper()
	for range 10 {
		b, err := c.Batch(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if b.Phase.Final() {
			return b
		}
	}
	t.Fatal("the batch does not end")
	return relay.Batch{}
}

func TestABatchFromUploadToAnswers(t *testing.T) {
	_, c := play(t, sim.BatchOddities{UpperCase: true, TimeObjects: true, Shuffle: true})
	b := create(t, c, file(20))
	if b.Phase != relay.BatchValidating || b.Expires.Sub(b.Created).Hours() != 24 || b.Metadata["run_id"] != "r1" {
		t.Fatalf("created as %+v", b)
	}
	b = settled(t, c, b.ID)
	if b.Phase != relay.BatchCompleted || b.Total != 20 || b.Completed != 20 || b.Word != "COMPLETED" {
		t.Fatalf("ended as %+v", b)
	}
	got := map[string]relay.BatchLine{}
	err := c.Lines(t.Context(), b.Output, func(l relay.BatchLine) error { got[l.CustomID] = l; return nil },
		func(err error) { t.Error(err) })
	if err != nil || len(got) != 20 {
		t.Fatalf("%d answers, %v", len(got), err)
	}
	if l := got["r-7"]; l.Status != 200 || !strings.Contains(string(l.Body), `"choices"`) || l.Code+l.Message != "" {
		t.Fatalf("a line of %+v", l)
	}
}

func TestCancelKeepsWhatWasAnswered(t *testing.T) {
	_, c := play(t, sim.BatchOddities{})
	b := create(t, c, file(9))
	b, err := c.Cancel(t.Context(), b.ID)
	if err != nil || b.Phase != relay.BatchCancelling {
		t.Fatalf("%+v, %v", b, err)
	}
	b = settled(t, c, b.ID)
	if b.Phase != relay.BatchCancelled || b.Output == "" || b.Errors == "" {
		t.Fatalf("ended as %+v", b)
	}
}

func TestAnUnknownBatchIsA404(t *testing.T) {
	_, c := play(t, sim.BatchOddities{})
	_, err := c.Batch(t.Context(), "batch_none")
	if e := relay.AsError(err, ""); e.Status != http.StatusNotFound {
		t.Fatalf("got %v", err)
	}
}

func TestTheListIsReadToItsEnd(t *testing.T) {
	for _, odd := range []sim.BatchOddities{{}, {IgnoreAfter: true}} {
		_, c := play(t, odd)
		rows := file(1)
		for range 105 {
			create(t, c, rows)
		}
		seen, calls := map[string]bool{}, 0
		err := c.List(t.Context(), func(b relay.Batch) bool { seen[b.ID] = true; calls++; return true })
		want := 105
		if odd.IgnoreAfter { // it has one page, and does not go round in it
			want = 100
		}
		if err != nil || len(seen) != want || calls != want {
			t.Errorf("%+v: %d batches, told %d times, %v; want %d", odd, len(seen), calls, err, want)
		}
	}
}

func TestProbe(t *testing.T) {
	for _, status := range []int{0, 404, 405, 501} {
		_, c := play(t, sim.BatchOddities{Status: status})
		got, err := c.Probe(t.Context())
		if err != nil || got.Available != (status == 0) || (got.Reason == "") != (status == 0) {
			t.Errorf("with %d: %+v, %v", status, got, err)
		}
	}
	_, c := play(t, sim.BatchOddities{Status: 500})
	if _, err := c.Probe(t.Context()); err == nil {
		t.Error("a 500 says nothing about what the relay has")
	}
}

func TestTruncatedDownloads(t *testing.T) {
	tests := []struct {
		name string
		odd  sim.BatchOddities
		cut  bool
	}{
		{"within a line", sim.BatchOddities{CutDownloads: 1}, true},
		{"before its length", sim.BatchOddities{BrokenDownloads: 1}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, c := play(t, tt.odd)
			b := settled(t, c, create(t, c, file(30)).ID)
			n := 0
			each := func(relay.BatchLine) error { n++; return nil }
			err := c.Lines(t.Context(), b.Output, each, func(err error) { t.Error(err) })
			if err == nil || errors.Is(err, relay.ErrCutOff) != tt.cut || n >= 30 {
				t.Fatalf("%d lines, %v", n, err)
			}
			n = 0
			if err := c.Lines(t.Context(), b.Output, each, func(err error) { t.Error(err) }); err != nil || n != 30 {
				t.Fatalf("the second time: %d lines, %v", n, err)
			}
		})
	}
}

func TestErrorsHoldNoKey(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+key {
			t.Error("the key was not sent")
		}
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusBadRequest)
		}
		_, _ = fmt.Fprintf(w, `{"error":{"message":"not with %s"}}`, key)
	}))
	defer s.Close()
	c := client(t, s.URL+"/v1")
	_, cancelErr := c.Cancel(t.Context(), "b")
	_, batchErr := c.Batch(t.Context(), "b")
	for _, err := range []error{cancelErr, batchErr} {
		if err == nil || strings.Contains(err.Error(), key) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAStoppedUpload(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	c := client(t, s.URL+"/v1")
	go cancel()
	_, err := c.Upload(ctx, "rows.jsonl", 4, strings.NewReader("rows"))
	if e := relay.AsError(err, ""); e == nil || e.Class != relay.ClassCancelled {
		t.Fatalf("got %v", err)
	}
}
