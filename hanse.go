// Package hanse wires the platform together; importing it, a main of your own can add modules.
package hanse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// Version is set by the linker for releases.
var Version = "development"

// Exit codes of all commands.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitPartial = 3
)

// exitError ends the program with a code of its own; the text has been shown already if it is empty.
type exitError struct {
	code int
	text string
}

func (e *exitError) Error() string { return e.text }

// Main runs the command line and gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 partly done.
func Main() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // a terminal that is closed stops the program, but not one under nohup
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	// Who asks again after a second does not want to wait. Some programs around this one send each signal twice at once.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
	return run(ctx, os.Args[1:])
}

func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var exit *exitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		if exit.text != "" {
			fmt.Fprintln(os.Stderr, "hanse: "+exit.text)
		}
		return exit.code
	case ctx.Err() != nil:
		fmt.Fprintf(os.Stderr, "hanse: stopped before it was done (%s)\n", err)
		return exitFailed
	}
	fmt.Fprintln(os.Stderr, "hanse: "+err.Error())
	return exitFailed
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "hanse",
		Short:         "B2B commerce that an ERP, a PIM and all other systems plug into",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       Version,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &exitError{exitUsage, fmt.Sprintf("%s; see %s --help", err, cmd.CommandPath())}
	})
	root.AddCommand(serveCommand(), demoCommand(), initCommand(), migrateCommand(), resealCommand(), importCommand(), doctorCommand(),
		resourcesCommand(), commandsCommand(), modulesCommand(), explainCommand(), referenceCommand(), versionCommand())
	return root
}

// noArgs refuses arguments that a command does not take.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &exitError{exitUsage, fmt.Sprintf("there is no %q here; see %s --help", args[0], cmd.CommandPath())}
	}
	return nil
}

// exactly asks for n arguments.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return &exitError{exitUsage, fmt.Sprintf("usage: %s (%d arguments, not %d); see %s --help", cmd.UseLine(), n, len(args), cmd.CommandPath())}
		}
		return nil
	}
}
