// Package failpoint names the places at which a crash test kills the process:
// before, inside and after each transaction and each call to the outside.
// Only binaries built with the tag "failpoint" contain them.
package failpoint

// The places, in the order in which a receipt from a messenger passes them.
const (
	UpdateStoring  = "update-storing"  // an update is written, not committed
	UpdateStored   = "update-stored"   // an update is committed, not acknowledged
	PollConfirming = "poll-confirming" // a batch is committed, the messenger still keeps it
	UpdateHandling = "update-handling" // an answer is written, not committed
	UpdateHandled  = "update-handled"  // an answer is committed, nobody is woken

	ReceiptSubmitting = "receipt-submitting" // a receipt is written, its job is not
	FileFetched       = "file-fetched"       // a file is here, not kept
	ReceiptScanned    = "receipt-scanned"    // a code is read, not committed
	ReceiptTaken      = "receipt-taken"      // a code is committed, the scan job runs

	FiscalAsking   = "fiscal-asking"    // the question is about to be sent
	FiscalAsked    = "fiscal-asked"     // the question is sent, not committed
	FiscalSent     = "fiscal-sent"      // the question is committed, not polled
	FiscalAnswered = "fiscal-answered"  // an answer is here, not committed
	Settling       = "receipt-settling" // everything is granted, not committed
	Settled        = "receipt-settled"  // a verdict is committed, the check job runs

	CertificateIssuing = "certificate-issuing" // a certificate is taken, not paid
	NoticeRendering    = "notice-rendering"    // notices are put into words, not committed
	NoticeRendered     = "notice-rendered"     // notices are committed, nobody is woken

	PushPlanned     = "push-planned"     // a page of a push is committed
	DeliveryClaimed = "delivery-claimed" // a letter is committed as being sent, not sent
	DeliveryCarried = "delivery-carried" // the channel has the letter, not committed
	DeliveryKept    = "delivery-kept"    // how a letter fared is committed
)
