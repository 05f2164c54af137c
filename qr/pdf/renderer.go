package pdf

import (
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
)

const (
	atOnce = 2 // documents, each in a sandbox of its own

	// memoryPages bounds a sandbox to 256 MiB, in the 64 KiB pages of WebAssembly.
	memoryPages = 256 << 20 / (64 << 10)
)

// renderer starts the renderer with the first document and keeps it.
var renderer = sync.OnceValues(func() (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{
		MaxTotal: atOnce,
		// Without these the sandbox would see every file of the machine, and
		// would write to the program's own output.
		FSConfig: wazero.NewFSConfig(),
		Stdout:   io.Discard,
		Stderr:   io.Discard,
		RuntimeConfig: remembered(wazero.NewRuntimeConfig().
			WithMemoryLimitPages(memoryPages).
			WithCloseOnContextDone(true)),
	})
})

// remembered keeps the compiled renderer in the user's own cache, so that only
// the first process of a machine takes seconds to start it. Where there is no
// such folder, every process does.
func remembered(config wazero.RuntimeConfig) wazero.RuntimeConfig {
	folder, err := os.UserCacheDir()
	if err != nil {
		return config
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(folder, "promobot", "pdf"))
	if err != nil {
		return config
	}
	return config.WithCompilationCache(cache)
}
