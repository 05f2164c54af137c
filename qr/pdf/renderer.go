package pdf

import (
	"io"
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
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithMemoryLimitPages(memoryPages).
			WithCloseOnContextDone(true),
	})
})
