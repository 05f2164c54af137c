//go:build failpoint

package failpoint

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// armed is PROMOBOT_FAILPOINT=name:n: the n-th pass of name kills.
var armed, countdown = arm(os.Getenv("PROMOBOT_FAILPOINT"))

func arm(text string) (string, *atomic.Int64) {
	name, number, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(number, 10, 64)
	if text != "" && (err != nil || n < 1 || !slices.Contains(Names(), name)) {
		fmt.Fprintf(os.Stderr, "PROMOBOT_FAILPOINT=%s: write name:n with a name of \"promobot failpoints\" and n of 1 or more\n", text)
		os.Exit(2)
	}
	left := &atomic.Int64{}
	left.Store(n)
	return name, left
}

// Pass kills the process with SIGKILL at the armed pass.
func Pass(name string) {
	if name == armed && countdown.Add(-1) == 0 {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // nothing after this point may run
	}
}

// Names lists the places.
func Names() []string {
	return []string{
		UpdateStoring, UpdateStored, PollConfirming, UpdateHandling, UpdateHandled,
		ReceiptSubmitting, FileFetched, ReceiptScanned, ReceiptTaken,
		FiscalAsking, FiscalAsked, FiscalSent, FiscalAnswered, Settling, Settled,
		CertificateIssuing, NoticeRendering, NoticeRendered,
		PushPlanned, DeliveryClaimed, DeliveryCarried, DeliveryKept,
	}
}
