package cli

import (
	"relaytop/relay"
	"relaytop/state/job"
)

type batchCost struct {
	costObject
	UnknownRows int `json:"unknown_rows"`
}

// batchObject is what `batch --json` prints: a flat record, as scripts rely on it.
type batchObject struct {
	Run           string              `json:"run"`
	Rows          int                 `json:"rows"`
	OK            int                 `json:"ok"`
	Failed        int                 `json:"failed"`
	Incomplete    int                 `json:"incomplete"`
	Skipped       int                 `json:"skipped"`
	Pending       int                 `json:"pending"`
	Shard         *string             `json:"shard"`
	OtherShards   int                 `json:"other_shards"` // rows of theirs, which are not in rows
	Stopped       *job.Stop           `json:"stopped"`
	RemovedRows   int                 `json:"removed_rows"`
	ReplacedRows  int                 `json:"replaced_rows"` // of removed_rows: the input has another row with their id
	DamagedRows   int                 `json:"damaged_rows"`
	ByClass       map[relay.Class]int `json:"by_class"`
	Usage         relay.Usage         `json:"usage"`
	Cost          batchCost           `json:"cost"`
	SavedUSD      *string             `json:"saved_usd"`
	Seconds       float64             `json:"seconds"`
	RowsPerSecond *float64            `json:"rows_per_second"`
	Out           string              `json:"out"`
	ErrorsOut     *string             `json:"errors_out"`
	Partial       bool                `json:"partial"`
	PaidTwice     int                 `json:"paid_twice"`
	LostRecords   int                 `json:"lost_records"` // of paid_twice at most: it is an upper bound then
	Provider      *providerObject     `json:"provider"`
}

func batchOf(h *job.Header) batchObject {
	o := batchObject{
		Run:          h.ID,
		Rows:         h.Rows,
		OK:           h.OK,
		Failed:       h.Failed,
		Incomplete:   h.Incomplete,
		Skipped:      h.Skipped,
		Pending:      max(h.Rows-h.Done(), 0),
		Stopped:      orNull(h.Stopped),
		Shard:        orNull(h.Shard.String()),
		OtherShards:  h.Elsewhere,
		RemovedRows:  h.Removed,
		ReplacedRows: h.Replaced,
		DamagedRows:  h.Damaged,
		ByClass:      h.ByClass,
		Usage:        h.Usage,
		Seconds:      h.Elapsed.Seconds(),
		Out:          h.Out,
		PaidTwice:    h.PaidTwice,
		LostRecords:  h.Lost,
		Provider:     providerOf(&h.Provider),
	}
	o.Partial = h.Partial
	if h.ErrorsOut {
		o.ErrorsOut = &h.Errors
	}
	if o.ByClass == nil {
		o.ByClass = make(map[relay.Class]int)
	}
	sum := h.Cost.String()
	o.Cost = batchCost{costObject: costObject{USD: &sum, Source: batchSource(h)}, UnknownRows: h.Unknown}
	if h.CostUnknown() {
		o.Cost.USD = nil
	}
	if h.SavedKnown {
		s := h.Saved.String()
		o.SavedUSD = &s
	}
	if s := h.Elapsed.Seconds(); s > 0 {
		v := float64(h.Done()) / s
		o.RowsPerSecond = &v
	}
	return o
}

// batchSource is the source of a run's cost: its least trusted part.
func batchSource(h *job.Header) relay.Source {
	if h.CostUnknown() {
		return relay.SourceUnknown
	}
	return sourceOr(h.Source)
}
