// Package osspecific: the Linux half, which the module archive lacks.
package osspecific

import (
	"os"
	"syscall"

	"github.com/argoproj/argo-workflows/v4/util/errors"
)

// Term asks a process to end.
var Term = syscall.SIGTERM

// CanIgnoreSignal tells the signals that the Go runtime and finished children raise for themselves.
func CanIgnoreSignal(signal os.Signal) bool {
	return signal == syscall.SIGURG || signal == syscall.SIGCHLD
}

// Kill signals the whole group of a process, or the process alone where it leads none.
func Kill(pid int, signal syscall.Signal) error {
	if group, err := syscall.Getpgid(pid); err == nil {
		pid = -group
	}
	return syscall.Kill(pid, signal)
}

// Setpgid makes the command the leader of a group of its own.
func Setpgid(attributes *syscall.SysProcAttr) {
	attributes.Setpgid = true
}

// Wait reaps children until the given one has ended, and returns its exit code as an error of Argo's.
func Wait(process *os.Process) error {
	wanted := process.Pid
	if err := process.Release(); err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return err
		case pid == wanted && status.Exited():
			return errors.NewExitErr(status.ExitStatus())
		case pid == wanted && status.Signaled():
			return errors.NewExitErr(128 + int(status.Signal()))
		}
	}
}
