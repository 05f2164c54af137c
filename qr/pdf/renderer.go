package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
)

const (
	atOnce      = 2                // documents, each in a sandbox of its own
	mostWaiting = 20 * time.Second // for a sandbox; a document has it no longer than half of that

	// memoryPages bounds a sandbox to 256 MiB, in the 64 KiB pages of WebAssembly.
	memoryPages = 256 << 20 / (64 << 10)
)

// ErrRenderer reports that the renderer does not run: trouble of this machine,
// which says nothing about the document and may pass.
var ErrRenderer = errors.New("pdf: the renderer does not run")

// renderer draws what this process is sent.
var renderer = &engine{start: start}

// engine starts the renderer with the first document and keeps it. A start that
// failed is not kept: the next document tries again.
type engine struct {
	start func() (pdfium.Pool, error)

	mu   sync.Mutex
	pool pdfium.Pool
}

func (e *engine) running() (pdfium.Pool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.pool != nil {
		return e.pool, nil
	}
	pool, err := e.start()
	if err != nil {
		return nil, fmt.Errorf("%w: start: %w", ErrRenderer, err)
	}
	e.pool = pool
	return pool, nil
}

// instance waits for a sandbox.
func (e *engine) instance(ctx context.Context) (pdfium.Pdfium, error) {
	pool, err := e.running()
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, mostWaiting)
	defer cancel()
	instance, err := pool.GetInstanceWithContext(waiting)
	switch {
	case err == nil:
		return instance, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%w: wait for a sandbox: %w", ErrRenderer, err)
}

func start() (pdfium.Pool, error) {
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
}

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
