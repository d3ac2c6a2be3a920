package job

import (
	"relaytop/relay"
	"relaytop/state/job/jsonline"
)

// writeRecord appends a record to b. There are two records for each row, so it does not go through encoding/json.
func writeRecord(b []byte, r *record) ([]byte, error) {
	w := jsonline.Append(b)
	w.String("k", r.Key)
	w.Int("o", int64(r.Occ))
	w.Int("n", int64(r.N))
	w.String("id", r.ID)
	w.Int("try", int64(r.Try))
	w.String("s", r.State)
	w.Time("at", r.At)
	if r.Request != 0 {
		w.Uint("rq", uint64(r.Request))
	}
	w.Raw("body", r.Body)
	w.OptInt("http", int64(r.HTTP))
	w.OptString("status", string(r.Status))
	w.OptString("finish", r.Finish)
	if r.Err != nil {
		w.Value("err", r.Err)
	}
	w.Usage("usage", r.Usage)
	writeCost(&w, "cost", r.Cost)
	w.OptInt("prior", int64(r.Prior))
	w.Usage("before", r.Before)
	w.OptFloat("ttft", r.TTFT)
	w.OptFloat("e2e", r.E2E)
	w.OptFloat("tps", r.TPS)
	w.OptString("model", r.Model)
	w.OptString("asked", r.Asked)
	w.OptString("ep", r.Endpoint)
	w.OptInt("attempts", int64(r.Attempts))
	if r.Fallback != nil {
		w.Value("fallback", r.Fallback)
	}
	w.OptString("remote", r.Remote)
	w.OptBool("cached_answer", r.Cached)
	w.OptBool("cut", r.Cut)
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
	w.Int("Amount", int64(c.Amount))
	w.String("Source", string(c.Source))
	w.Bool("Estimated", c.Estimated)
	w.Int("List", int64(c.List))
	w.Bool("ListKnown", c.ListKnown)
	w.String("AsOf", c.AsOf)
	w.OptInt("Part", int64(c.Part))
	if c.Bill != nil {
		w.Value("Bill", c.Bill)
	}
	w.Close()
}
