package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"relaytop/relay"
	"relaytop/state/session"
)

// unsum makes a file what the version before request_sums left.
const unsum = `DROP TRIGGER requests_are_summed; DROP VIEW request_figures; DROP TABLE request_sums;
	PRAGMA user_version = 6`

// scatter records requests of many kinds over ten days.
func scatter(t *testing.T, a *Archive, end time.Time, n int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	statuses := []relay.Status{relay.StatusOK, relay.StatusFailed, relay.StatusCancelled, relay.StatusTruncated}
	for range n {
		r := result(statuses[rng.IntN(len(statuses))], relay.Money(rng.IntN(100)))
		r.Asked, r.Endpoint = fmt.Sprint("m", rng.IntN(3)), fmt.Sprint("e", rng.IntN(2))
		r.Wall = end.Add(-time.Duration(rng.IntN(10*24*3600)) * time.Second)
		r.Cached = rng.IntN(10) == 0
		if rng.IntN(5) == 0 {
			r.Cost = relay.Cost{Source: relay.SourceUnknown}
		}
		a.Record(r, session.RecordContext{Chat: fmt.Sprint("c", rng.IntN(4)), Run: fmt.Sprint("r", rng.IntN(3))})
	}
	flush(t, a)
}

// oneByOne is the report as the requests themselves have it.
func oneByOne(t *testing.T, a *Archive, q Query) map[string]Usage {
	t.Helper()
	key := map[string]string{"": "''", "week": weekOfDay, "month": monthOfDay}[q.By]
	if key == "" {
		key = q.By
	}
	columns := "sum(" + strings.ReplaceAll(sumColumns, ", ", "), sum(") + ")"
	got := map[string]Usage{}
	err := a.db.query("", "SELECT "+key+", "+columns+", min(wall) FROM request_figures WHERE wall >= ? GROUP BY 1",
		[]any{q.Since.UnixMicro()}, func(rows *sql.Rows) error {
			var k string
			var u Usage
			var first int64
			err := rows.Scan(&k, &u.OK, &u.Failed, &u.Cancelled, &u.Cached, &u.Tokens, &u.Cost, &u.Known, &u.Unknown,
				&u.Estimated, &u.Saved, &u.SavedKnown, &first)
			u.Uptime = a.db.now().Sub(time.UnixMicro(first))
			got[k] = u
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// expectSums compares the report with the requests, by every grouping and cut at many times.
func expectSums(t *testing.T, a *Archive, end time.Time) {
	t.Helper()
	times := []time.Time{{}, end, end.Add(time.Hour), end.AddDate(0, 0, -30)}
	for h := range 40 {
		times = append(times, end.Add(-time.Duration(7*h)*time.Hour-time.Minute))
	}
	for _, by := range append(Groupings(), "") {
		for _, since := range times {
			q := Query{Since: since, By: by}
			r, err := a.Usage(q)
			if err != nil {
				t.Fatal(err)
			}
			want := oneByOne(t, a, q)
			if by == "" {
				if r.Usage != want[""] {
					t.Errorf("since %s: %+v, want %+v", since, r.Usage, want[""])
				}
				continue
			}
			if len(r.Groups) != len(want) {
				t.Errorf("by %s since %s: %d groups, want %d", by, since, len(r.Groups), len(want))
			}
			for _, g := range r.Groups {
				if g.Usage != want[g.Key] {
					t.Errorf("by %s since %s: %s has %+v, want %+v", by, since, g.Key, g.Usage, want[g.Key])
				}
			}
		}
	}
}

// TestSumsAreThoseOfTheRequests: of those that are recorded and of those that a migration finds.
func TestSumsAreThoseOfTheRequests(t *testing.T) {
	end := time.Date(2026, 12, 1, 15, 30, 0, 0, time.Local)
	path := filepath.Join(t.TempDir(), "a.db")
	var parts []int64
	o := Options{Now: func() time.Time { return end.Add(time.Hour) },
		Migrating: func(done, total int64) { parts = append(parts, done*100/total) }}
	a := open(t, path, o)
	scatter(t, a, end, 500)
	expectSums(t, a, end)
	if len(parts) > 0 {
		t.Errorf("a new file was migrated: %v", parts)
	}
	if _, err := a.db.sql.Exec(unsum); err != nil {
		t.Fatal(err)
	}
	closeNow(t, a)
	a = open(t, path, o)
	expectSums(t, a, end)
	if len(parts) < 2 || parts[len(parts)-1] != 100 {
		t.Errorf("progress %v", parts)
	}
	if _, err := os.Stat(a.db.copyPath()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the copy stays: %v", err)
	}
}

// TestAFailedMigrationLeavesFileAndCopy as they were.
func TestAFailedMigrationLeavesFileAndCopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	recordSome(t, a)
	if _, err := a.db.sql.Exec(unsum + "; CREATE TABLE request_figures (x)"); err != nil { // in the way of the view
		t.Fatal(err)
	}
	copied := a.db.copyPath()
	closeNow(t, a)
	if _, err := Open(path, Options{}); err == nil {
		t.Fatal("migrated")
	}
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("copy: %v, %v", info, err)
	}
	for _, name := range []string{path, copied} {
		db, err := sql.Open("sqlite", name)
		if err != nil {
			t.Fatal(err)
		}
		var requests, version int
		err = db.QueryRow("SELECT count(*), (SELECT user_version FROM pragma_user_version) FROM requests").Scan(&requests,
			&version)
		if err != nil || requests != 5 || version != 6 {
			t.Errorf("%s: %d requests, version %d, %v", filepath.Base(name), requests, version, err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestAnOlderVersionKeepsTheSums: one that had the file open when it was migrated knows only the table of requests.
func TestAnOlderVersionKeepsTheSums(t *testing.T) {
	end := time.Now()
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{Now: func() time.Time { return end }})
	scatter(t, a, end, 20)
	if _, err := a.db.sql.Exec(unsum); err != nil {
		t.Fatal(err)
	}
	older, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer older.Close()
	insert, err := older.Prepare(insertRow)
	if err != nil {
		t.Fatal(err)
	}
	defer insert.Close()
	closeNow(t, a)
	a = open(t, path, Options{Now: func() time.Time { return end }})
	r, err := rowOf(result(relay.StatusOK, 11), session.RecordContext{Chat: "c9"}, end)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := insert.Exec(r.Cols...); err != nil {
		t.Fatal(err)
	}
	expectSums(t, a, end)
	if q, err := a.Usage(Query{}); err != nil || q.OK+q.Failed+q.Cancelled != 21 {
		t.Errorf("%+v, %v", q, err)
	}
}
