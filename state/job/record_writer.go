package job

import (
	"relaytop/relay"
	"relaytop/state/job/jsonline"
)

// writeRecord appends a record to b. There are two records for each row, so it does not go through encoding/json.
func writeRecord(b []byte, r *record) ([]byte, error) {
	w := jsonline.Append(b)
	w.Text("k", r.Key)
	w.Whole("o", int64(r.Occ))
	w.Whole("n", int64(r.N))
	w.Text("id", r.ID)
	w.Whole("try", int64(r.Try))
	w.Text("s", r.State)
	w.Time("at", r.At)
	if r.Request != 0 {
		w.Natural("rq", uint64(r.Request))
	}
	w.Body("body", r.Body)
	w.SomeWhole("http", int64(r.HTTP))
	w.SomeText("status", string(r.Status))
	w.SomeText("finish", r.Finish)
	if r.Err != nil {
		w.Value("err", r.Err)
	}
	w.Usage("usage", r.Usage)
	writeCost(&w, "cost", r.Cost)
	w.SomeWhole("prior", int64(r.Prior))
	w.Usage("before", r.Before)
	w.Number("ttft", r.TTFT)
	w.Number("e2e", r.E2E)
	w.Number("tps", r.TPS)
	w.SomeText("model", r.Model)
	w.SomeText("asked", r.Asked)
	w.SomeText("ep", r.Endpoint)
	w.SomeWhole("attempts", int64(r.Attempts))
	if r.Fallback != nil {
		w.Value("fallback", r.Fallback)
	}
	w.SomeText("remote", r.Remote)
	w.SomeTruth("cached_answer", r.Cached)
	w.SomeTruth("cut", r.Cut)
	if r.Part != nil {
		w.Value("part", r.Part)
	}
	return w.End()
}

// writeCost writes a cost; nil is left out.
func writeCost(w *jsonline.Writer, name string, c *relay.Cost) {
	if c == nil {
		return
	}
	w.Open(name)
	w.Whole("Amount", int64(c.Amount))
	w.Text("Source", string(c.Source))
	w.Truth("Estimated", c.Estimated)
	w.Whole("List", int64(c.List))
	w.Truth("ListKnown", c.ListKnown)
	w.Text("AsOf", c.AsOf)
	w.SomeWhole("Part", int64(c.Part))
	if c.Bill != nil {
		w.Value("Bill", c.Bill)
	}
	w.Close()
}
