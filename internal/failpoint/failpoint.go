// Package failpoint names the places at which a crash test kills the process.
// Only binaries built with the tag "failpoint" contain them.
package failpoint

// The places, in the order in which a receipt passes them.
const (
	UpdateStored   = "update-stored"    // an update is committed but not acknowledged
	ReceiptScanned = "receipt-scanned"  // a code is read but not committed
	FiscalSent     = "fiscal-sent"      // the question is committed but not polled
	Settling       = "receipt-settling" // inside the settlement, before its commit
)
