package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for a state before it fails.
const patience = 30 * time.Second

// TestProgram runs the real program against relays on real sockets, faulty ones too, and kills it in the middle of
// its work.
func TestProgram(t *testing.T) {
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "relaytop"),
		"relaytop").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	testscript.Run(t, testscript.Params{
		Dir:      filepath.Join("testdata", "e2e"),
		Deadline: time.Now().Add(4 * patience),
		Setup:    func(env *testscript.Env) error { return newStage(env, bin) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": cmdCode, "start": cmdStart, "await": cmdAwait, "signal": cmdSignal, "finish": cmdFinish, "tty": cmdTTY,
			"sim": cmdSim, "relay": cmdRelay, "until": cmdUntil, "until-served": cmdServed, "stats": cmdStats,
			"json": cmdJSON, "lines": cmdLines, "nowhere": cmdNowhere, "rows": cmdRows,
			"prompts": cmdPrompts,
		},
	})
}

// stage is what one script has running.
type stage struct {
	procs   map[string]*process
	printed bytes.Buffer // all that was ever printed by `code`, `finish` and `tty`
	relays  map[string]*faulty
}

type stageKey struct{}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// newStage gives a script a home and a data folder, and nothing of this machine's environment.
func newStage(env *testscript.Env, bin string) error {
	s := &stage{procs: map[string]*process{}, relays: map[string]*faulty{}}
	env.Values[stageKey{}] = s
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("RELAYTOP_DATA_DIR", filepath.Join(env.WorkDir, "data"))
	env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	env.Defer(func() {
		for _, p := range s.procs {
			_ = p.cmd.Process.Kill() // it may have ended
			<-p.done
		}
		for _, f := range s.relays {
			f.server.CloseClientConnections()
			f.server.Close()
		}
	})
	return os.Mkdir(home, 0o700)
}

// process is a program in the background.
type process struct {
	cmd         *exec.Cmd
	out, errout safeBuffer
	done        chan struct{}
}

// safeBuffer may be read while the program still writes.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// cmdCode runs a program and checks its exit code: code 2 relaytop nonsense
func cmdCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	stageOf(ts).printed.WriteString(ts.ReadFile("stdout") + ts.ReadFile("stderr"))
	wantCode(ts, want, err)
}

func wantCode(ts *testscript.TestScript, want int, err error) {
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d (%v)", got, want, err)
	}
}

// cmdStart runs a program in the background: start NAME relaytop batch ...
func cmdStart(ts *testscript.TestScript, _ bool, args []string) {
	p := &process{cmd: exec.Command(args[1], args[2:]...), done: make(chan struct{})}
	path, err := lookPath(ts, args[1])
	ts.Check(err)
	p.cmd.Path, p.cmd.Err = path, nil
	p.cmd.Dir, p.cmd.Env = ts.MkAbs("."), environ(ts)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errout
	ts.Check(p.cmd.Start())
	stageOf(ts).procs[args[0]] = p
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the exit code is looked at by finish
	}()
}

// lookPath finds a program in the script's PATH.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if st, err := os.Stat(path); dir != "" && err == nil && !st.IsDir() {
			return path, nil
		}
	}
	return "", fmt.Errorf("%s is not in PATH", name)
}

// environ is the part of the script's environment that relaytop reads.
func environ(ts *testscript.TestScript) (list []string) {
	for _, name := range []string{"HOME", "PATH", "TMPDIR", "TERM", "RELAYTOP_DATA_DIR", "HOLYSHEEP_BASE_URL",
		"HOLYSHEEP_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_KEY",
		"RETRY_MAX_ATTEMPTS", "RETRY_BACKOFF_MS", "REQUEST_TIMEOUT_SECONDS", "FALLBACK_MODEL"} {
		if v := ts.Getenv(name); v != "" {
			list = append(list, name+"="+v)
		}
	}
	return list
}

func (s *stage) proc(ts *testscript.TestScript, name string) *process {
	p := s.procs[name]
	if p == nil {
		ts.Fatalf("no program %s was started", name)
	}
	return p
}

// cmdAwait waits until a program in the background has printed something: await NAME stderr TEXT
func cmdAwait(ts *testscript.TestScript, _ bool, args []string) {
	p := stageOf(ts).proc(ts, args[0])
	from := &p.out
	if args[1] == "stderr" {
		from = &p.errout
	}
	poll(ts, fmt.Sprintf("%s prints %q", args[0], args[2]),
		func() bool { return strings.Contains(from.String(), args[2]) })
}

// poll repeats until ok returns true, or fails after patience.
func poll(ts *testscript.TestScript, what string, ok func() bool) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			ts.Fatalf("in %s not: %s", patience, what)
		}
	}
}

// cmdSignal sends INT, TERM, HUP or KILL to a program in the background.
func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	sig := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP,
		"KILL": syscall.SIGKILL}[args[1]]
	ts.Check(stageOf(ts).proc(ts, args[0]).cmd.Process.Signal(sig))
}

// cmdFinish waits for the end of a program in the background and checks its exit code, -1 if it was killed. What it
// printed is what stdout and stderr check next.
func cmdFinish(ts *testscript.TestScript, _ bool, args []string) {
	s := stageOf(ts)
	p := s.proc(ts, args[0])
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	select {
	case <-p.done:
	case <-time.After(patience):
		ts.Fatalf("%s has not ended in %s; stderr: %s", args[0], patience, p.errout.String())
	}
	fmt.Fprint(ts.Stdout(), p.out.String())
	fmt.Fprint(ts.Stderr(), p.errout.String())
	s.printed.WriteString(p.out.String() + p.errout.String())
	if got := p.cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, want %d; stderr: %s", got, want, p.errout.String())
	}
}
