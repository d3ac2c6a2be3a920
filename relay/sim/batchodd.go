package sim

import (
	"strings"
	"time"
)

// BatchOddities are what real providers do with batches, each seen in the wild. The zero value is OpenAI's behaviour
// at the demo's pace.
type BatchOddities struct {
	Status int           // every request to /files and /batches is refused with it: 404, 405, 501
	Pace   time.Duration // of a phase; 0: the demo's; negative: a phase for each time that the batch is asked for

	UpperCase   bool // statuses
	TimeObjects bool // times as objects with seconds
	NoCounts    bool // request_counts null
	LateOutput  int  // completed, and output_file_id null for so many polls
	NoErrorFile bool // error_file_id "" in place of null
	ErrorsNull  bool // on a batch that failed

	RefuseCreates int // the first few creates, with RefuseStatus (429)
	RefuseStatus  int
	LoseCreates   int // the first few creates: done, and the connection cut before the answer
	LoseUploads   int
	HideLists     int  // the first few lists do not have the batches yet
	IgnoreAfter   bool // every page of the list is the first
	NoMetadata    bool // metadata is not given back
	Forget        bool // every batch is unknown

	Refuse           bool // the file does not pass the validation
	Expire           bool // after half of the rows
	NoLineUnlessRun  bool // rows that never ran have no line in any file
	FailRows         int  // every n-th row fails with 400
	StatusZero       bool // a failed row has status_code 0 and an empty body
	FailuresInOutput bool // failed rows are in the output file
	DropRows         int  // every n-th row is in no file
	NoUsage          bool // usage null
	Shuffle          bool // lines in any order
	BadLines         int  // lines that are not JSON
	Twice            bool // every line is there twice

	CutDownloads    int // the first few downloads end within a line
	ShortDownloads  int // the first few downloads end behind a line
	BrokenDownloads int // the first few downloads break off before their length
}

// PlayBatches sets how the relay plays batches from now on.
func (s *Server) PlayBatches(o BatchOddities) {
	s.batches.mu.Lock()
	defer s.batches.mu.Unlock()
	s.batches.odd = o
}

func (b *batches) oddities() BatchOddities {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.odd
}

// object is a batch as it is sent. The lock is held.
func (b *batches) object(x *batch) map[string]any {
	odd := &b.odd
	status := string(x.state)
	if odd.UpperCase {
		status = strings.ToUpper(status)
	}
	o := map[string]any{"id": x.id, "object": "batch", "endpoint": x.endpoint, "input_file_id": x.input.id,
		"completion_window": "24h", "status": status, "errors": nil, "output_file_id": nil, "error_file_id": nil,
		"created_at": b.stamp(x.created), "expires_at": b.stamp(x.created.Add(24 * time.Hour)), "metadata": x.metadata}
	if odd.NoMetadata {
		o["metadata"] = nil
	}
	o["request_counts"] = x.counts()
	if odd.NoCounts {
		o["request_counts"] = nil
	}
	if x.output != "" && x.polls >= odd.LateOutput {
		o["output_file_id"] = x.output
	}
	switch {
	case x.errors != "":
		o["error_file_id"] = x.errors
	case odd.NoErrorFile:
		o["error_file_id"] = ""
	}
	if x.state == batchFailed && !odd.ErrorsNull {
		o["errors"] = map[string]any{"object": "list", "data": []any{map[string]any{"code": "invalid_json_line",
			"message": "This line is not parseable as valid JSON.", "param": nil, "line": 1}}}
	}
	return o
}

func (x *batch) counts() map[string]int {
	if x.state == batchValidating || x.state == batchFailed {
		return map[string]int{"total": 0, "completed": 0, "failed": 0}
	}
	return map[string]int{"total": len(x.rows), "completed": x.done, "failed": 0}
}

func (b *batches) stamp(t time.Time) any {
	if b.odd.TimeObjects {
		return map[string]any{"seconds": t.Unix(), "nanos": 0}
	}
	return t.Unix()
}
