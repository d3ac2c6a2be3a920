package cli

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"relaytop/state/attach"
	"relaytop/state/session"
)

// chatFlags are the flags of `relaytop chat`.
type chatFlags struct {
	json, save bool
	system     string
	systemFile string
	files      []string
	chat       string // to continue; lastOne: the last
	given      *pflag.FlagSet
	paramFlags
}

// lastOne means the last chat, or the newest run.
const lastOne = "last"

// chatID is a chat's ID as `chats list` prints it.
var chatID = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func (f *chatFlags) bind(set *pflag.FlagSet) {
	set.BoolVar(&f.json, "json", false, "print one JSON object with everything known about the turn")
	set.StringVarP(&f.system, "system", "s", "", "system prompt")
	set.StringVarP(&f.systemFile, "system-file", "S", "", "file with the system prompt")
	set.StringArrayVarP(&f.files, "file", "f", nil,
		"text file or image to send with the prompt; - is stdin; may be repeated")
	f.bindParams(set)
	set.StringVar(&f.chat, "continue", "", "continue the last chat, or another with --continue=ID")
	set.Lookup("continue").NoOptDefVal = lastOne
	set.BoolVar(&f.save, "save", false, "keep the turn as a chat")
}

// parse accepts an ID after "--continue " with a blank in between.
func (f *chatFlags) parse(given *pflag.FlagSet, args []string) []string {
	f.given = given
	if f.chat == lastOne && len(args) > 0 && chatID.MatchString(args[0]) {
		f.chat, args = args[0], args[1:]
	}
	return args
}

// keeps reports whether the turn is kept in a chat.
func (f *chatFlags) keeps() bool { return f.save || f.chat != "" }

func (f *chatFlags) takesStdin() bool { return slices.Contains(f.files, "-") || f.systemFile == "-" }

// check refuses flags that contradict each other, and reads the parameters.
func (f *chatFlags) check() error {
	given := f.given.Changed
	switch {
	case f.save && f.chat != "":
		return errors.New("--continue keeps the turn in its chat; --save would make another one")
	case given("system") && given("system-file"):
		return errors.New("--system and --system-file exclude each other")
	case given("continue") && f.chat == "":
		return errors.New("--continue= needs the ID of a chat; `relaytop chats list` shows them")
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
	return f.readParams(f.given)
}

// read reads the files, and the system prompt if it is in one.
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
