package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// leastNear is how long a name behind one dash must be to be taken for a long flag that is spelled wrong: -oout is
// -o with the value out.
const leastNear = 5

// refuseSingleDash is wrong use if a long flag is written with one dash. pflag would read it as short flags: -mdoel as
// -m with the model doel, which would be asked.
func refuseSingleDash(root *cobra.Command, args []string) error {
	cmd, rest, err := root.Find(args)
	if err != nil || cmd == root && len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		return nil // it is not known, or one of cobra's own
	}
	long := map[string]*pflag.Flag{}
	var names []string
	take := func(f *pflag.Flag) {
		if !f.Hidden && long[f.Name] == nil {
			long[f.Name] = f
			names = append(names, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(take)
	cmd.InheritedFlags().VisitAll(take)
	for i := 0; i < len(args) && args[i] != "--"; i++ {
		name, double := strings.CutPrefix(args[i], "--")
		if double {
			if f := long[name]; f != nil && f.NoOptDefVal == "" {
				i++ // its value, whatever it looks like
			}
			continue
		}
		if meant := meantLong(args[i], names); meant != "" {
			return fail(exitUsage, fmt.Errorf("unknown flag %s; did you mean --%s?; see `%s --help`", args[i], meant,
				cmd.CommandPath()))
		}
	}
	return nil
}

// meantLong is the long flag that an argument with one dash names, or nearly names; "" if none.
func meantLong(arg string, names []string) string {
	name, single := strings.CutPrefix(arg, "-")
	name, _, _ = strings.Cut(name, "=")
	if !single || len(name) < 2 || name[0] == '-' || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return ""
	}
	if slices.Contains(names, name) {
		return name
	}
	if meant := nearest(name, names); len(name) >= leastNear && len(meant) >= leastNear-1 {
		return meant
	}
	return ""
}
