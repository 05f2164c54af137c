package peer

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed node
var nodeFiles embed.FS

// installing ends npm when the registry does not answer.
const installing = 3 * time.Minute

// InstallNode returns a folder below cache with the packages that run under
// Node.js, at the versions of the lock, and the program that drives them. What
// an earlier call installed is used again; tell hears of the folder before
// anything is fetched. Scripts of packages do not run.
func InstallNode(ctx context.Context, cache string, tell func(folder string)) (string, error) {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			return "", fmt.Errorf("%s is not installed", program)
		}
	}
	files, err := fs.Sub(nodeFiles, "node")
	if err != nil {
		return "", err
	}
	version, err := digest(files)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "bench-peers-"+version)
	done := filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return folder, nil
	}
	tell(folder)
	if err := errors.Join(os.RemoveAll(folder), os.CopyFS(folder, files)); err != nil {
		return "", err
	}
	if err := npmInstall(ctx, folder); err != nil {
		return "", err
	}
	return folder, os.WriteFile(done, nil, 0o600)
}

func npmInstall(ctx context.Context, folder string) error {
	ctx, stop := context.WithTimeout(ctx, installing)
	defer stop()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=30000")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w: %s", err, lastLine(string(out)))
	}
	return nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// digest tells installations of different files apart.
func digest(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6]), err
}
