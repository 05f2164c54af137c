package qr

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// receiptText is the shape of a receipt's code, for the tests of this package;
// the product hands in the full grammar.
var receiptText = regexp.MustCompile(`^t=\d{8}T\d{4,6}&s=\d+\.\d\d&fn=\d{16}&i=\d+&fp=\d+&n=[1-4]$`)

// IsReceipt is for the tests outside of the package too.
func IsReceipt(text string) bool { return receiptText.MatchString(text) }

// labelled is a shared picture by its name. What it says is told by the package
// corpus, which tests inside of this one cannot use.
type labelled struct{ path string }

// sharedPictures lists the pictures of the shared manifests.
func sharedPictures(t testing.TB) (folder string, pictures []labelled) {
	t.Helper()
	root := os.Getenv("PROMOBOT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "shared")
	}
	if _, err := os.Stat(root); err != nil {
		t.Skipf("no shared test pictures at %s (set PROMOBOT_SHARED)", root)
	}
	folder = filepath.Join(root, "data", "qr")
	for _, inside := range []string{"", "synthetic/"} {
		manifest, err := os.ReadFile(filepath.Join(folder, inside, "manifest.tsv"))
		if err != nil {
			t.Fatalf("shared pictures: %v", err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(manifest)), "\n")[1:] {
			name, _, _ := strings.Cut(line, "\t")
			pictures = append(pictures, labelled{inside + name})
		}
	}
	return folder, pictures
}

// OnAllCores does work for 0 to n-1.
func OnAllCores(n int, work func(i int)) {
	next := make(chan int)
	var crew sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		crew.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	crew.Wait()
}

// CPUNow is what the process has used: other work on the machine does not count.
func CPUNow() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
