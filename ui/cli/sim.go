package cli

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// SimFlags are the options of the simulated relay; main turns them into the relay's own.
type SimFlags struct {
	Listen      string
	TTFT, ITL   time.Duration
	Jitter      float64
	Tokens      int
	ChunkTokens int
	Errors      string
	RPM         int
	Concurrency int
	Usage       string
	CostField   bool
	Seed        uint64
	Key         string
	BatchPace   time.Duration
}

// simCommand is `relaytop sim`.
type simCommand struct {
	console *console
	start   func(SimFlags) (Sim, error)
}

func (c *simCommand) command() *cobra.Command {
	var f SimFlags
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "run the simulated relay: an OpenAI-compatible server on loopback for tests and benchmarks",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return fail(exitUsage, err)
			}
			s, err := c.start(f)
			if errors.Is(err, syscall.EADDRINUSE) {
				err = fmt.Errorf("%s is in use, perhaps by another relaytop; choose another address, or let the system choose "+
					"one with --listen 127.0.0.1:0", f.Listen)
			}
			if err != nil {
				return fail(exitUsage, err)
			}
			fmt.Fprintln(c.console.Stdout, s.URL())
			c.console.sentence("the simulated relay is listening; ctrl+c ends it; its counters are at /sim/stats")
			<-cmd.Context().Done()
			return fail(exitFailed, s.Close())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.Listen, "listen", "127.0.0.1:8089", "loopback address to listen on")
	fl.DurationVar(&f.TTFT, "ttft", 0, "time to first token (default: each model's own)")
	fl.DurationVar(&f.ITL, "itl", 0, "time between tokens (default: each model's own)")
	fl.Float64Var(&f.Jitter, "jitter", 0, "spread of both, 0 to 1")
	fl.IntVar(&f.Tokens, "tokens", 0, "tokens of every answer (default: the answer's own length)")
	fl.IntVar(&f.ChunkTokens, "chunk-tokens", 1, "tokens per chunk")
	fl.StringVar(&f.Errors, "errors", "", "faults by rate: 429=2%,500=1%,cut=0.5%,stall=0.1%")
	fl.IntVar(&f.RPM, "rpm", 0, "requests per minute before a 429 (0: no limit)")
	fl.IntVar(&f.Concurrency, "concurrency", 0, "requests at the same time before a 429 (0: no limit)")
	fl.StringVar(&f.Usage, "usage", "last", "where usage is sent: last, finish, every or none")
	fl.BoolVar(&f.CostField, "cost-field", false, "send usage.cost")
	fl.DurationVar(&f.BatchPace, "batch-pace", 0, "time that a batch of /batches spends in a phase (default 4s)")
	fl.Uint64Var(&f.Seed, "seed", 1, "seed of all random choices")
	return cmd
}

// check refuses values that the relay would take for a default.
func (f *SimFlags) check() error {
	switch {
	case !(f.Jitter >= -1 && f.Jitter <= 1): // written so that NaN is refused too
		return fmt.Errorf("--jitter must be a number from 0 to 1, not %v", f.Jitter)
	case f.Tokens < 0:
		return fmt.Errorf("--tokens must be at least 1, not %d", f.Tokens)
	case f.ChunkTokens < 1:
		return fmt.Errorf("--chunk-tokens must be at least 1, not %d", f.ChunkTokens)
	case f.RPM < 0:
		return fmt.Errorf("--rpm must be at least 1, not %d", f.RPM)
	case f.Concurrency < 0:
		return fmt.Errorf("--concurrency must be at least 1, not %d", f.Concurrency)
	}
	return nil
}
