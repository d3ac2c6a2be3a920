package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/muesli/reflow/dedent"
	"github.com/muesli/reflow/indent"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"relaytop/ui/pane"
)

// helps lays out the help of all commands for the terminal, and makes `help NONSENSE` wrong use. By default cobra
// exits with 0.
func helps(con *console, root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		_, _ = io.WriteString(con.Stdout, helpText(cmd, con.stdout())) // a help text that nobody can read is not an error
	})
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "help" {
			continue
		}
		cmd.Use, cmd.Short, cmd.Long = "help [COMMAND]", "help for any command", ""
		cmd.Run = nil
		cmd.RunE = func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				if rest = append(rest, args...); found == nil {
					found = root
				}
				return fail(exitUsage, fmt.Errorf("unknown command %q; %s`relaytop help` lists them", strings.Join(args, " "),
					meantCommand(found, rest[0])))
			}
			return found.Help()
		}
	}
}

// helpText is the help of a command.
func helpText(cmd *cobra.Command, o *output) string {
	width := o.helpWidth()
	var b strings.Builder
	b.WriteString(prose(cmp.Or(cmd.Long, cmd.Short), width))
	b.WriteString("\nUsage:\n")
	if cmd.Runnable() {
		fmt.Fprintf(&b, "  %s\n", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s [command]\n", cmd.CommandPath())
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", indent.String(strings.TrimSpace(dedent.String(cmd.Example)), 2))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\nCommands:\n%s", commandList(cmd, width))
	}
	flagList(&b, "Flags", cmd.LocalFlags(), width)
	flagList(&b, "Global flags", cmd.InheritedFlags(), width)
	if !cmd.HasParent() {
		b.WriteString("\nWords:\n" + termList(width))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n`%s [command] --help` says more about a command.\n", cmd.CommandPath())
	}
	return b.String()
}

// commandList has a line for each command below cmd.
func commandList(cmd *cobra.Command, width int) string {
	var b strings.Builder
	longest := 0
	for _, sub := range cmd.Commands() {
		longest = max(longest, len(sub.Name()))
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() || sub.Name() == "help" {
			b.WriteString(withLead("  "+label(sub.Name(), longest)+"  ", sub.Short, width) + "\n")
		}
	}
	return b.String()
}

// termList explains the words of the commands and screens, one a line.
func termList(width int) string {
	var b strings.Builder
	longest := 0
	for _, t := range pane.Terms() {
		longest = max(longest, len(t.Name))
	}
	for _, t := range pane.Terms() {
		b.WriteString(withLead("  "+label(t.Name, longest)+"  ", t.Means, width) + "\n")
	}
	return b.String()
}

func flagList(b *strings.Builder, title string, set *pflag.FlagSet, width int) {
	if set.HasAvailableFlags() {
		fmt.Fprintf(b, "\n%s:\n%s", title, set.FlagUsagesWrapped(width))
	}
}
