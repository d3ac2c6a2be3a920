package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"relaytop/relay"
)

// paramFlags are the flags that set parameters of a request.
type paramFlags struct {
	params      []string
	temperature float64
	maxTokens   int
	set         []givenParam // in the order given
}

// givenParam is a parameter that a flag sets; a nil value removes it.
type givenParam struct {
	key   string
	value json.RawMessage
}

func (f *paramFlags) bindParams(set *pflag.FlagSet) {
	set.Float64Var(&f.temperature, "temperature", 0, "temperature (default: the model's own)")
	set.IntVar(&f.maxTokens, "max-tokens", 0, "longest answer, in tokens")
	set.StringArrayVar(&f.params, "param", nil, "another parameter as KEY=JSON; KEY= removes it; may be repeated")
}

// readParams reads the flags.
func (f *paramFlags) readParams(given *pflag.FlagSet) error {
	switch {
	case given.Changed("max-tokens") && f.maxTokens < 1:
		return fmt.Errorf("--max-tokens must be at least 1, not %d", f.maxTokens)
	case math.IsNaN(f.temperature) || math.IsInf(f.temperature, 0) || f.temperature < 0:
		return fmt.Errorf("--temperature must be 0 or more, not %v", f.temperature)
	}
	if given.Changed("temperature") {
		f.set = append(f.set, givenParam{"temperature", json.RawMessage(strconv.FormatFloat(f.temperature, 'f', -1, 64))})
	}
	if given.Changed("max-tokens") {
		f.set = append(f.set, givenParam{"max_tokens", json.RawMessage(strconv.Itoa(f.maxTokens))})
	}
	for _, p := range f.params {
		if err := f.param(p); err != nil {
			return err
		}
	}
	return nil
}

// param reads one KEY=JSON.
func (f *paramFlags) param(s string) error {
	key, value, ok := strings.Cut(s, "=")
	key = strings.TrimSpace(key)
	if !ok || key == "" {
		return fmt.Errorf("--param %s: it must be KEY=JSON, e.g. --param seed=7", s)
	}
	switch key {
	case "model":
		return errors.New("--param model: use --model")
	case "messages", "stream", "stream_options":
		return fmt.Errorf("--param %s: relaytop sets this itself", key)
	}
	if value = strings.TrimSpace(value); value == "" {
		f.set = append(f.set, givenParam{key, nil})
		return nil
	}
	if !json.Valid([]byte(value)) {
		return fmt.Errorf(`--param %s=%s: the value is not JSON; quote a string: --param '%s="%s"'`, key, value, key,
			value)
	}
	f.set = append(f.set, givenParam{key, json.RawMessage(value)})
	return nil
}

// apply sets the given parameters in p.
func (f *paramFlags) apply(p relay.Params) relay.Params {
	for _, s := range f.set {
		if s.value == nil {
			p = p.With(s.key, nil)
		} else {
			p = p.With(s.key, s.value)
		}
	}
	return p
}
