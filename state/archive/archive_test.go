package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"relaytop/relay"
	"relaytop/state"
	"relaytop/state/session"
)

var (
	_ state.Archive = (*Archive)(nil)
	_ relay.Store   = (*Archive)(nil)
)

// TestMain is the other process if a test starts one.
func TestMain(m *testing.M) {
	if path := os.Getenv("ARCHIVE_TEST_CHILD"); path != "" {
		child(path, os.Getenv("ARCHIVE_TEST_DO"))
		return
	}
	goleak.VerifyTestMain(m)
}

// child saves messages until it is killed, or a fixed number of chats and requests, and prints what is durable.
func child(path, do string) {
	a, err := Open(path, Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for i := int64(1); do == "messages" || i <= 50; i++ {
		if err := a.SaveMessage(message("c", i)); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		if do == "messages" {
			fmt.Println(i)
			continue
		}
		a.Record(result(relay.StatusOK, relay.USD), session.RecordContext{})
	}
	if err := a.Close(context.Background()); err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

func message(chat string, id int64) session.MessageRecord {
	return session.MessageRecord{Chat: chat, ID: id, Role: "user", Text: fmt.Sprintf("text %d of %s", id, chat),
		Created: time.UnixMicro(id).UTC()}
}

func result(status relay.Status, cost relay.Money) *relay.Result {
	at := time.Now()
	r := &relay.Result{ID: relay.NewID(), Lane: relay.LaneBatch, Status: status, Requested: "m", Asked: "m",
		Model: "m-1", Endpoint: "e",
		Usage: &relay.Usage{Input: 10, Output: 5},
		Cost:  relay.Cost{Amount: cost, Source: relay.SourceRelay, List: 2 * cost, ListKnown: true},
		Timing: relay.Timing{Sched: at, Send: at.Add(time.Millisecond), First: at.Add(3 * time.Millisecond),
			Last: at.Add(9 * time.Millisecond)},
		Wall: time.Date(2026, 11, 23, 12, 0, 0, 0, time.Local)}
	r.Attempts = []relay.Attempt{{N: 1, Endpoint: "e", Model: "m", Status: 200, Timing: r.Timing}}
	return r
}

func open(t testing.TB, path string, o Options) *Archive {
	t.Helper()
	a, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if a.db.sql != nil && a.db.sql.Ping() == nil {
			closeNow(t, a)
		}
	})
	return a
}

func closeNow(t testing.TB, a *Archive) {
	t.Helper()
	if err := a.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestChatsSurvive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "relaytop.db")
	a := open(t, path, Options{})
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	chats := []session.Record{
		{ID: "old pinned", Pinned: true, Created: at, Updated: at, Params: relay.DefaultParams()},
		{ID: "new", Title: "你好", Created: at, Updated: at.Add(time.Hour), Draft: "half a thou",
			Queue: []session.Prompt{{Text: "next"}}, Cost: relay.USD, Active: 2},
		{ID: "older", Created: at, Updated: at.Add(time.Minute)},
	}
	for _, i := range []int{2, 0, 1} {
		if err := a.SaveChat(chats[i]); err != nil {
			t.Fatal(err)
		}
	}
	partial := session.MessageRecord{Chat: "new", ID: 2, Parent: 1, Role: "assistant", Text: "ans", Reasoning: "hm",
		Refusal: "no", Created: at, Request: 1 << 63,
		Tools: []relay.ToolCall{{ID: "t", Name: "f", Arguments: "{"}}}
	whole := partial
	whole.Text, whole.Ended, whole.Result = "answer\x00\n", true, &relay.Result{ID: 7, Status: relay.StatusOK,
		Cost: relay.Cost{Amount: 3, Source: relay.SourceReported}}
	for _, m := range []session.MessageRecord{partial, message("new", 1), whole} {
		if err := a.SaveMessage(m); err != nil {
			t.Fatal(err)
		}
	}
	closeNow(t, a)

	a = open(t, path, Options{})
	got, err := a.LoadChats()
	if err != nil || !reflect.DeepEqual(got, chats) {
		t.Errorf("chats = %+v, %v", got, err)
	}
	messages, err := a.LoadMessages("new")
	if err != nil || !reflect.DeepEqual(messages, []session.MessageRecord{message("new", 1), whole}) {
		t.Errorf("messages = %+v, %v", messages, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file: %v %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v %v", info.Mode(), err)
	}
}

func TestDeletedChatStaysDeleted(t *testing.T) {
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{})
	for _, chat := range []string{"gone", "kept"} {
		if err := a.SaveMessage(message(chat, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.DeleteChat("gone"); err != nil {
		t.Fatal(err)
	}
	if err := a.SaveMessage(message("gone", 2)); err != nil {
		t.Errorf("a late message of a deleted chat: %v", err)
	}
	chats, err := a.LoadChats()
	if err != nil || len(chats) != 1 || chats[0].ID != "kept" || chats[0].Active != 1 {
		t.Errorf("chats = %+v %v; the one of a message without a chat's record is made", chats, err)
	}
	if m, err := a.LoadMessages("gone"); err != nil || len(m) != 0 {
		t.Errorf("messages of the deleted chat: %v %v", m, err)
	}
}

func TestKept(t *testing.T) {
	now := time.UnixMicro(1_800_000_000_000_000)
	a := open(t, filepath.Join(t.TempDir(), "a b?#%.db"), Options{Now: func() time.Time { return now }})
	if _, _, ok := a.Load("quirk", "k"); ok {
		t.Error("there is something before it was saved")
	}
	for _, value := range [][]byte{[]byte("one"), nil, []byte("two\x00")} {
		if err := a.Save("quirk", "k", value); err != nil {
			t.Fatal(err)
		}
		got, saved, ok := a.Load("quirk", "k")
		if !ok || string(got) != string(value) || !saved.Equal(now) {
			t.Errorf("%q: %q %v %v", value, got, saved, ok)
		}
	}
	if err := a.SetSetting("chat", "c1"); err != nil {
		t.Fatal(err)
	}
	if s, ok := a.Setting("chat"); !ok || s != "c1" {
		t.Errorf("setting = %q %v", s, ok)
	}
	if _, err := os.Stat(a.Path()); err != nil {
		t.Errorf("the file has another name: %v", err)
	}
}

func TestTrim(t *testing.T) {
	now := time.UnixMicro(1_800_000_000_000_000)
	a := open(t, filepath.Join(t.TempDir(), "a.db"), Options{Now: func() time.Time { return now }})
	save := func(kind, key string, n int) {
		t.Helper()
		now = now.Add(time.Minute)
		if err := a.Save(kind, key, make([]byte, n)); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (keys string) {
		for _, key := range []string{"other", "a", "b", "c", "d"} {
			if _, _, ok := a.Load(map[bool]string{true: "quirk", false: "answers"}[key == "other"], key); ok {
				keys += key + " "
			}
		}
		return keys
	}
	save("quirk", "other", 1000)
	for i, key := range []string{"a", "b", "c", "d"} {
		save("answers", key, 100*(i+1))
	}
	for _, c := range []struct {
		before time.Time
		bytes  int64
		want   string
	}{{now.Add(-3 * time.Minute), 1000, "other a b c d "}, {now.Add(-2 * time.Minute), 1000, "other b c d "},
		{time.Time{}, 899, "other c d "}, {time.Time{}, 700, "other c d "}, {time.Time{}, 0, "other "}} {
		if err := a.Trim("answers", c.before, c.bytes); err != nil {
			t.Fatal(err)
		}
		if got := left(); got != c.want {
			t.Errorf("%d bytes: left are %q, want %q", c.bytes, got, c.want)
		}
	}
}

func TestRefusedPlaces(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "link", "a.db"), Options{}); err == nil ||
		!strings.Contains(err.Error(), "is a link") {
		t.Errorf("a data folder that is a link: %v", err)
	}
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "real", "a.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(dir, "real", "a.db"), Options{}); err == nil ||
		!strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a database that is a link: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "elsewhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the link was followed")
	}
}

func TestDamagedIsSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	junk := strings.Repeat("this is no database ", 500)
	for range 2 { // twice within one second: two names
		if err := os.WriteFile(path, []byte(junk), 0o600); err != nil {
			t.Fatal(err)
		}
		a := open(t, path, Options{Now: func() time.Time { return time.Unix(0, 0) }})
		if err := a.SaveMessage(message("c", 1)); err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(a.Notice(), "kept as ")
		name, _, _ = strings.Cut(name, ",")
		if data, err := os.ReadFile(name); err != nil || string(data) != junk {
			t.Errorf("notice %q: %v", a.Notice(), err)
		}
		closeNow(t, a)
	}
	found, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(found) != 2 {
		t.Errorf("set aside: %v %v", found, err)
	}
}

// TestDamageInside damages pages after an intact header. A small file is checked at the start; in a large one the
// first read finds the damage, and the next start sets the file aside.
func TestDamageInside(t *testing.T) {
	for _, size := range []int{100, 3000} {
		path := filepath.Join(t.TempDir(), "a.db")
		a := open(t, path, Options{})
		for i := range 10 {
			if err := a.Save("filler", fmt.Sprint(i), []byte(strings.Repeat("x", size*50))); err != nil {
				t.Fatal(err)
			}
		}
		if err := a.SaveChat(session.Record{ID: "c"}); err != nil {
			t.Fatal(err)
		}
		closeNow(t, a)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := len(data) / 2; i < len(data); i++ {
			data[i] ^= 0x5a
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a = open(t, path, Options{})
		if size > 1000 {
			if a.Notice() != "" {
				t.Fatal("the large file was looked through")
			}
			if err := a.db.query("reading", "SELECT sum(instr(value, 'y')) FROM kept", nil,
				func(*sql.Rows) error { return nil }); !damaged(err) {
				t.Fatalf("the damage was not met: %v", err)
			}
			closeNow(t, a)
			a = open(t, path, Options{})
		}
		if !strings.Contains(a.Notice(), "damaged") {
			t.Errorf("%d: notice = %q", size, a.Notice())
		}
		if err := a.SaveChat(session.Record{ID: "c"}); err != nil {
			t.Error(err)
		}
	}
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	a := open(t, path, Options{})
	if _, err := a.db.sql.Exec("PRAGMA user_version = 999"); err != nil {
		t.Fatal(err)
	}
	closeNow(t, a)
	if _, err := Open(path, Options{}); err == nil || !strings.Contains(err.Error(), "newer relaytop") {
		t.Errorf("error = %v", err)
	}
}

// TestSavedMessageSurvivesKill kills a process that saves messages: every one that it printed is there.
func TestSavedMessageSurvivesKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	cmd := childProcess(t, path, "messages")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var told int64
	for told < 20 {
		if _, err := fmt.Fscan(out, &told); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for { // what it told before the signal came
		if _, err := fmt.Fscan(out, &told); err != nil {
			break
		}
	}
	_ = cmd.Wait() // killed
	messages, err := open(t, path, Options{}).LoadMessages("c")
	if err != nil || int64(len(messages)) < told {
		t.Errorf("%d messages, %d were told: %v", len(messages), told, err)
	}
}

func childProcess(t *testing.T, path, do string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "ARCHIVE_TEST_CHILD="+path, "ARCHIVE_TEST_DO="+do)
	return cmd
}

func TestTwoProcessesShareAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	var wg sync.WaitGroup
	for range 3 {
		cmd := childProcess(t, path, "both")
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wg.Wait()
	a := open(t, path, Options{})
	r, err := a.Usage(Query{})
	if err != nil || r.OK != 150 || r.Cost != 150*relay.USD {
		t.Errorf("%+v %v", r, err)
	}
	if m, err := a.LoadMessages("c"); err != nil || len(m) != 50 {
		t.Errorf("%d messages, %v", len(m), err)
	}
}
