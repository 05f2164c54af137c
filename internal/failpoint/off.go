//go:build !failpoint

package failpoint

// Pass does nothing in this build, and its name is not in the binary.
func Pass(string) {}

// Names is empty in this build.
func Names() []string { return nil }
