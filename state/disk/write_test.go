package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDisk = errors.New("the disk is gone")

// recorder makes the calls of the operating system and records their order. The call named fail fails.
type recorder struct {
	calls []string
	fail  string
}

func (r *recorder) note(call string) error {
	r.calls = append(r.calls, call)
	if call == r.fail {
		return errDisk
	}
	return nil
}

func (r *recorder) Sync(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() == 0 {
		return errors.New("synced before it was written")
	}
	return errors.Join(r.note("sync"), operating{}.Sync(f))
}

func (r *recorder) SyncDir(path string) error {
	return errors.Join(r.note("sync folder "+filepath.Base(path)), operating{}.SyncDir(path))
}

func (r *recorder) Rename(from, to string) error {
	if err := r.note("rename"); err != nil {
		return err
	}
	return operating{}.Rename(from, to)
}

func (r *recorder) Link(from, to string) error {
	if err := r.note("link"); err != nil {
		return err
	}
	return operating{}.Link(from, to)
}

// folder is a folder named "in", so that messages do not depend on the name of the test.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "in")
	if err := MakeDir(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func words(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// expect checks what a folder holds: pairs of a name and its content.
func expect(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if text, ok := want[e.Name()]; err != nil || !ok || text != string(b) {
			t.Errorf("%s holds %q, %v", e.Name(), b, err)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files, not %d", len(entries), len(want))
	}
}

func TestTheOrderOfAWrite(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(f Files, dir string) error
		fail string
		want []string
	}{
		{"replace", replace, "", []string{"sync", "rename", "sync folder in"}},
		{"replace, no sync", replace, "sync", []string{"sync"}},
		{"replace, no rename", replace, "rename", []string{"sync", "rename"}},
		{"replace, no sync of the folder", replace, "sync folder in", []string{"sync", "rename", "sync folder in"}},
		{"create", create, "", []string{"sync", "link", "sync folder in"}},
		{"create, no sync", create, "sync", []string{"sync"}},
		{"create, no links", create, "link", []string{"sync", "link", "rename", "sync folder in"}},
		{"create, no sync of the folder", create, "sync folder in", []string{"sync", "link", "sync folder in"}},
		{"unique", unique, "", []string{"sync", "rename", "sync folder in"}},
		{"unique, no sync", unique, "sync", []string{"sync"}},
		{"unique, no sync of the folder", unique, "sync folder in", []string{"sync", "rename", "sync folder in"}},
	} {
		r := &recorder{fail: tt.fail}
		err := tt.do(Files{System: r}, folder(t))
		if !slices.Equal(r.calls, tt.want) {
			t.Errorf("%s: calls %q", tt.name, r.calls)
		}
		if failed := tt.fail != "" && tt.fail != "link"; errors.Is(err, errDisk) != failed || !failed && err != nil {
			t.Errorf("%s: error %v", tt.name, err)
		}
	}
}

func replace(f Files, dir string) error { return f.Replace(filepath.Join(dir, "a"), words("new")) }
func create(f Files, dir string) error  { return f.Create(filepath.Join(dir, "a"), words("new")) }
func unique(f Files, dir string) error {
	_, err := f.CreateUnique(filepath.Join(dir, "a-"), ".x", words("new"))
	return err
}

// A rename from one folder to another changes both.
func TestRenameSyncsBothFolders(t *testing.T) {
	dir := folder(t)
	r := &recorder{}
	err := errors.Join(MakeDir(filepath.Join(dir, "to")), os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600),
		Files{System: r}.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "to", "b")))
	if want := []string{"rename", "sync folder to", "sync folder in"}; err != nil || !slices.Equal(r.calls, want) {
		t.Errorf("calls %q, %v", r.calls, err)
	}
	expect(t, filepath.Join(dir, "to"), map[string]string{"b": "x"})
}

func TestWhatAFolderHoldsAfterAWrite(t *testing.T) {
	broken := func(w io.Writer) error { return errors.Join(words("half")(w), errDisk) }
	replace := func(f Files, p string) error { return f.Replace(p, words("new")) }
	create := func(f Files, p string) error { return f.Create(p, words("new")) }
	second := func(f Files, p string) error { return f.Create(p+"2", words("new")) }
	unique := func(fill func(io.Writer) error) func(Files, string) error {
		return func(f Files, p string) error {
			_, err := f.CreateUnique(p+"-", ".x", fill)
			return err
		}
	}
	old, both := map[string]string{"a": "old"}, map[string]string{"a": "old", "a2": "new"}
	for _, tt := range []struct {
		name string
		do   func(f Files, path string) error
		fail string
		err  error
		want map[string]string
	}{
		{"replaced", replace, "", nil, map[string]string{"a": "new"}},
		{"half", func(f Files, p string) error { return f.Replace(p, broken) }, "", errDisk, old},
		{"not synced", replace, "sync", errDisk, old},
		{"not renamed", replace, "rename", errDisk, old},
		{"taken", create, "", fs.ErrExist, old},
		{"another", second, "", nil, both},
		{"another, without links", second, "link", nil, both},
		{"taken meanwhile", func(f Files, p string) error {
			return f.Create(p+"2", func(w io.Writer) error {
				return errors.Join(words("new")(w), os.WriteFile(p+"2", []byte("theirs"), 0o600))
			})
		}, "", fs.ErrExist, map[string]string{"a": "old", "a2": "theirs"}},
		{"unique, half", unique(broken), "", errDisk, old},
		{"unique, not durable", unique(words("new")), "sync folder in", errDisk, old},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := folder(t)
			path := filepath.Join(dir, "a")
			if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := tt.do(Files{System: &recorder{fail: tt.fail}}, path); !errors.Is(err, tt.err) {
				t.Errorf("error %v", err)
			}
			expect(t, dir, tt.want)
		})
	}
}

func TestNamesAndModes(t *testing.T) {
	dir := folder(t)
	path, err := Files{}.CreateUnique(filepath.Join(dir, "db.pending-"), ".jsonl", words("x"))
	if ok, _ := filepath.Match(filepath.Join(dir, "db.pending-?*.jsonl"), path); err != nil || !ok {
		t.Errorf("name %q, %v", path, err)
	}
	if err := (Files{}).Replace(filepath.Join(dir, "a"), words("x")); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]fs.FileMode{dir: 0o700, path: 0o600, filepath.Join(dir, "a"): 0o600} {
		if info, err := os.Stat(name); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// A panic while a file is written leaves no file behind.
func TestAPanicLeavesNoTemporaryFile(t *testing.T) {
	dir := folder(t)
	func() {
		defer func() { _ = recover() }()
		_ = Files{}.Replace(filepath.Join(dir, "a"), func(io.Writer) error { panic("fault") })
	}()
	expect(t, dir, nil)
}
