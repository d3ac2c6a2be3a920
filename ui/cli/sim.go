package cli

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// SimFlags are what the simulated relay can be told; main turns them into the relay's own options.
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
}

func (c *command) sim() *cobra.Command {
	var f SimFlags
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "the simulated relay, alone: an OpenAI-compatible server on loopback for tests and benchmarks",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(); err != nil {
				return fail(exitUsage, err)
			}
			s, err := c.Sim(f)
			if errors.Is(err, syscall.EADDRINUSE) {
				err = fmt.Errorf("%s is in use, perhaps by another relaytop: name another address, or let the system choose with --listen 127.0.0.1:0", f.Listen)
			}
			if err != nil {
				return fail(exitUsage, err)
			}
			fmt.Fprintln(c.Stdout, s.URL)
			c.tell("the simulated relay is listening; ctrl+c ends it; its counters are at /sim/stats")
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
	fl.IntVar(&f.ChunkTokens, "chunk-tokens", 1, "tokens in one chunk")
	fl.StringVar(&f.Errors, "errors", "", "faults by rate: 429=2%,500=1%,cut=0.5%,stall=0.1%")
	fl.IntVar(&f.RPM, "rpm", 0, "requests a minute before 429 (0: no limit)")
	fl.IntVar(&f.Concurrency, "concurrency", 0, "requests at the same time before 429 (0: no limit)")
	fl.StringVar(&f.Usage, "usage", "last", "where usage is sent: last, finish, every or none")
	fl.BoolVar(&f.CostField, "cost-field", false, "send usage.cost")
	fl.Uint64Var(&f.Seed, "seed", 1, "seed of everything that is drawn by chance")
	return cmd
}

// check refuses what the relay would take for something else.
func (f *SimFlags) check() error {
	switch {
	case !(f.Jitter >= -1 && f.Jitter <= 1): // written so that NaN is refused too
		return fmt.Errorf("--jitter wants a number from 0 to 1, not %v", f.Jitter)
	case f.Tokens < 0:
		return fmt.Errorf("--tokens wants a number from 1 on, not %d", f.Tokens)
	case f.ChunkTokens < 1:
		return fmt.Errorf("--chunk-tokens wants a number from 1 on, not %d", f.ChunkTokens)
	case f.RPM < 0:
		return fmt.Errorf("--rpm wants a number from 1 on, not %d", f.RPM)
	case f.Concurrency < 0:
		return fmt.Errorf("--concurrency wants a number from 1 on, not %d", f.Concurrency)
	}
	return nil
}
