package job

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"time"

	"relaytop/relay"
)

// The states of a record: how a row ended, or that it was sent.
const (
	stateSent       = "sent"
	stateUnsent     = "unsent" // it was not sent after all; written by earlier versions
	stateOK         = "ok"
	stateFailed     = "failed"
	stateIncomplete = "incomplete"
	stateCancelled  = "cancelled" // by us, before its end: the text so far is kept, and the row is pending again
	statePart       = "part"      // not of a row: a part came to a step
	stateLost       = "lost"      // records of N rows are gone: the rows may be paid for twice
	stateSkipped    = "skipped"   // the user left the row out
	stateBack       = "back"      // the endpoint failed it or refused it: the row is pending again
)

// record is one line of the journal. Amounts are picodollars, times milliseconds.
type record struct {
	Key      string          `json:"k"`
	Occ      int             `json:"o"`
	N        int             `json:"n"` // 1-based place when it was written, for the reader
	ID       string          `json:"id"`
	Try      int             `json:"try"` // how many times the user had the row sent, from 1
	State    string          `json:"s"`
	At       time.Time       `json:"at"`
	Request  relay.ID        `json:"rq,omitempty"`
	Body     json.RawMessage `json:"body,omitempty"`
	HTTP     int             `json:"http,omitempty"`
	Status   relay.Status    `json:"status,omitempty"`
	Finish   string          `json:"finish,omitempty"` // finish_reason of an answer that is incomplete, or may be
	Err      *rowError       `json:"err,omitempty"`
	Usage    *relay.Usage    `json:"usage,omitempty"`
	Cost     *relay.Cost     `json:"cost,omitempty"`
	Prior    relay.Money     `json:"prior,omitempty"`  // paid for earlier tries of the row
	Before   *relay.Usage    `json:"before,omitempty"` // the usage of the same
	TTFT     float64         `json:"ttft,omitempty"`
	E2E      float64         `json:"e2e,omitempty"`
	TPS      float64         `json:"tps,omitempty"`
	Model    string          `json:"model,omitempty"` // as answered
	Asked    string          `json:"asked,omitempty"` // the model that was asked for, unless it is Model
	Endpoint string          `json:"ep,omitempty"`
	Attempts int             `json:"attempts,omitempty"`
	Fallback *relay.Fallback `json:"fallback,omitempty"`
	Remote   string          `json:"remote,omitempty"`
	Cached   bool            `json:"cached_answer,omitempty"` // our own cache answered
	Cut      bool            `json:"cut,omitempty"`           // it ended while a relay had it: it may be paid
	Part     *Part           `json:"part,omitempty"`
}

// rowRecord makes a record of row i, as of now.
func (r *run) rowRecord(i int, own string, try int, state string) *record {
	return &record{Key: r.rows.ix.place(i).key.String(), Occ: r.rows.ix.occurrence(i), N: i + 1, ID: own, Try: try,
		State: state, At: r.book.now()}
}

type rowError struct {
	Class   relay.Class `json:"class"`
	Code    string      `json:"code,omitempty"`
	Message string      `json:"message"`
}

// A line is {"c":"CRC-32C of the record in hex","r":RECORD}: JSON for every tool, and checked without parsing it.
const (
	linePrefix = `{"c":"`
	lineMiddle = `","r":`
	lineHead   = len(linePrefix) + 8 + len(lineMiddle)
)

func castagnoli(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// encodeRecord makes a line of a record, its end included.
func encodeRecord(r *record) ([]byte, error) {
	const room = 512 // of a record without its body, most of the time
	line, err := writeRecord(append(make([]byte, 0, room+len(r.Body)), linePrefix+"00000000"+lineMiddle...), r)
	if err != nil {
		return nil, fmt.Errorf("writing down a row: %w", err)
	}
	sum := binary.BigEndian.AppendUint32(nil, castagnoli(line[lineHead:]))
	hex.Encode(line[len(linePrefix):], sum)
	return append(line, '}', '\n'), nil
}

// sealed is the JSON of the record in a line without its end. False: the line is not one that we wrote whole.
func sealed(line []byte) (raw []byte, ok bool) {
	if len(line) <= lineHead || line[len(line)-1] != '}' || string(line[:len(linePrefix)]) != linePrefix {
		return nil, false
	}
	raw = line[lineHead : len(line)-1]
	var sum [8]byte
	hex.Encode(sum[:], binary.BigEndian.AppendUint32(nil, castagnoli(raw)))
	head := line[len(linePrefix):lineHead]
	return raw, string(head[:len(sum)]) == string(sum[:]) && string(head[len(sum):]) == lineMiddle
}

// decodeRecord reads a line without its end. False: it is not one that we wrote whole.
func decodeRecord(line []byte) (*record, bool) {
	raw, ok := sealed(line)
	if !ok {
		return nil, false
	}
	var r record
	if json.Unmarshal(raw, &r) != nil {
		return nil, false
	}
	return &r, true
}

// paid is the known cost of all tries of a row.
func (r *record) paid() relay.Money {
	if r.Cost == nil {
		return r.Prior
	}
	return r.Prior + r.Cost.Settled()
}

// used is the usage of all tries of a row, failed attempts included; nil: not known.
func (r *record) used() *relay.Usage {
	if r.Before == nil || r.Usage == nil {
		return cmp.Or(r.Before, r.Usage)
	}
	all := *r.Before
	all.Add(r.Usage)
	return &all
}

// outcome is the outcome of a record's row, and the class it failed with.
func (r *record) outcome() (Outcome, uint8) {
	var c uint8
	if r.Err != nil {
		c = classNumber(r.Err.Class)
	}
	switch r.State {
	case stateOK:
		return RowOK, c
	case stateFailed:
		return RowFailed, c
	case stateSkipped:
		return RowSkipped, c
	case stateIncomplete:
		if !r.stopped() {
			return RowIncomplete, c
		}
	}
	return Pending, c
}

// stopped reports whether we stopped the row while the relay had it. Its record has the text so far. Journals of
// earlier versions call such a row incomplete.
func (r *record) stopped() bool {
	return r.State == stateCancelled && (r.Cut || r.Body != nil) ||
		r.State == stateIncomplete && r.Err != nil && r.Err.Class == relay.ClassCancelled
}
