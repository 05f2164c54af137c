//go:build race

package qr

// raceDetector says that the tests run under the race detector, several times
// slower and with several times the memory.
const raceDetector = true
