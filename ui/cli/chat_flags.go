package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"relaytop/relay"
	"relaytop/state/attach"
	"relaytop/state/session"
)

// chatFlags are the flags of `relaytop chat`.
type chatFlags struct {
	json, save  bool
	system      string
	systemFile  string
	files       []string
	chat        string // to go on with; lastOne: the last
	params      []string
	temperature float64
	maxTokens   int
	set         []setting // what of the parameters was given, in order
	given       *pflag.FlagSet
}

// setting is a parameter that was given; a nil value takes it out.
type setting struct {
	key   string
	value json.RawMessage
}

// lastOne stands for the last chat.
const lastOne = "last"

// chatID is a chat's ID as `chats list` prints it.
var chatID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func (f *chatFlags) bind(set *pflag.FlagSet) {
	set.BoolVar(&f.json, "json", false, "print one JSON object with everything that is known of the turn")
	set.StringVarP(&f.system, "system", "s", "", "system prompt")
	set.StringVarP(&f.systemFile, "system-file", "S", "", "file that holds the system prompt")
	set.StringArrayVarP(&f.files, "file", "f", nil, "file that goes with the prompt, a text or an image; - is stdin; may be repeated")
	set.Float64Var(&f.temperature, "temperature", 0, "temperature, in place of the configured one")
	set.IntVar(&f.maxTokens, "max-tokens", 0, "longest answer, in tokens")
	set.StringArrayVar(&f.params, "param", nil, "any other parameter as KEY=JSON; KEY= takes it out; may be repeated")
	set.StringVar(&f.chat, "continue", "", "go on with the last chat, or with --continue=ID")
	set.Lookup("continue").NoOptDefVal = lastOne
	set.BoolVar(&f.save, "save", false, "keep the turn as a chat")
}

// parse takes an ID that stands behind --continue with a blank between for what it is.
func (f *chatFlags) parse(given *pflag.FlagSet, args []string) []string {
	f.given = given
	if f.chat == lastOne && len(args) > 0 && chatID.MatchString(args[0]) {
		f.chat, args = args[0], args[1:]
	}
	return args
}

// keeps reports whether the turn stands in a chat.
func (f *chatFlags) keeps() bool { return f.save || f.chat != "" }

func (f *chatFlags) takesStdin() bool { return slices.Contains(f.files, "-") || f.systemFile == "-" }

// check finds what can't be meant, and reads the parameters.
func (f *chatFlags) check() error {
	given := f.given.Changed
	switch {
	case f.save && f.chat != "":
		return errors.New("--continue keeps the turn in its chat: --save would make another")
	case given("system") && given("system-file"):
		return errors.New("--system and --system-file: one system prompt, please")
	case given("continue") && f.chat == "":
		return errors.New("--continue= wants the ID of a chat: `relaytop chats list` shows them")
	case given("max-tokens") && f.maxTokens < 1:
		return fmt.Errorf("--max-tokens %d: at least 1", f.maxTokens)
	case math.IsNaN(f.temperature) || math.IsInf(f.temperature, 0) || f.temperature < 0:
		return fmt.Errorf("--temperature %v: a number from 0 on", f.temperature)
	}
	stdin := 0
	for _, name := range append(slices.Clone(f.files), f.systemFile) {
		if name == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return errors.New("stdin (-) can be read only once")
	}
	if given("temperature") {
		f.set = append(f.set, setting{"temperature", json.RawMessage(strconv.FormatFloat(f.temperature, 'f', -1, 64))})
	}
	if given("max-tokens") {
		f.set = append(f.set, setting{"max_tokens", json.RawMessage(strconv.Itoa(f.maxTokens))})
	}
	for _, p := range f.params {
		if err := f.param(p); err != nil {
			return err
		}
	}
	return nil
}

// param reads one KEY=JSON.
func (f *chatFlags) param(s string) error {
	key, value, ok := strings.Cut(s, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return fmt.Errorf("--param %s: it must be KEY=JSON, e.g. --param seed=7", s)
	}
	switch key {
	case "model":
		return errors.New("--param model: use --model")
	case "messages", "stream", "stream_options":
		return fmt.Errorf("--param %s: relaytop sets it itself", key)
	}
	if value = strings.TrimSpace(value); value == "" {
		f.set = append(f.set, setting{key, nil})
		return nil
	}
	if !json.Valid([]byte(value)) {
		return fmt.Errorf(`--param %s=%s: that is no JSON; a text stands in quotes: --param '%s="%s"'`, key, value, key, value)
	}
	f.set = append(f.set, setting{key, json.RawMessage(value)})
	return nil
}

// apply puts what was given into parameters.
func (f *chatFlags) apply(p relay.Params) relay.Params {
	for _, s := range f.set {
		if s.value == nil {
			p = p.With(s.key, nil)
		} else {
			p = p.With(s.key, s.value)
		}
	}
	return p
}

// read reads the files, and the system prompt if it stands in one.
func (f *chatFlags) read(stdin *os.File) ([]session.Part, error) {
	take := func(name string) (session.Part, error) {
		if name != "-" {
			return attach.Read(name)
		}
		if stdin == nil || isTerminal(stdin) {
			return session.Part{}, errors.New("-: nothing is piped into stdin")
		}
		return attach.From(attach.Stdin, stdin)
	}
	if f.systemFile != "" {
		p, err := take(f.systemFile)
		if err != nil {
			return nil, fmt.Errorf("the system prompt: %w", err)
		}
		if p.Image != "" {
			return nil, fmt.Errorf("the system prompt: %s is an image", p.Name)
		}
		f.system = strings.TrimRight(p.Text, "\r\n")
	}
	var parts []session.Part
	for _, name := range f.files {
		p, err := take(name)
		if err != nil {
			return nil, fmt.Errorf("not sent: %w", err)
		}
		parts = append(parts, p)
	}
	return parts, nil
}
