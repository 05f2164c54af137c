package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// debianPrograms is where Debian keeps the servers, one folder a version.
const debianPrograms = "/usr/lib/postgresql/*/bin"

// find returns the folder of the server programs: those on the PATH, else the
// newest of the system's.
func find() (string, error) {
	if p, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(p); err == nil && complete(filepath.Dir(real)) {
			return filepath.Dir(real), nil
		}
	}
	return newest(debianPrograms)
}

// newest returns the complete folder with the highest version among those
// that match pattern, in which the version is the folder's parent.
func newest(pattern string) (string, error) {
	folders, err := filepath.Glob(pattern)
	if err != nil {
		return "", fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
	}
	best, bestVersion := "", -1.0
	for _, f := range folders {
		v, err := strconv.ParseFloat(filepath.Base(filepath.Dir(f)), 64) // 9.6, 15, 18
		if err == nil && v > bestVersion && complete(f) {
			best, bestVersion = f, v
		}
	}
	if best == "" {
		return "", ErrNoServer
	}
	return best, nil
}

func complete(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		info, err := os.Stat(filepath.Join(folder, program))
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// serverOwner is the user to run the server as, nil for this process's own.
// The server refuses to run as root.
func serverOwner() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return credential(u)
		}
	}
	return nil, errors.New("pgcluster: root needs a user postgres or nobody to run the server as")
}

func credential(u *user.User) (*syscall.Credential, error) {
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// makeDir makes the cluster's directory, with the password in it, and gives
// it to owner.
func makeDir(owner *syscall.Credential, password string) (string, error) {
	base := os.TempDir()
	if owner != nil {
		base = "/tmp" // root's own temporary folder may be closed to others
	}
	dir, err := os.MkdirTemp(base, "promobot-pg-")
	if err != nil {
		return "", fmt.Errorf("directory for PostgreSQL: %w", err)
	}
	file := filepath.Join(dir, "password")
	err = os.WriteFile(file, []byte(password), 0o600)
	if err == nil && owner != nil {
		uid, gid := int(owner.Uid), int(owner.Gid)
		err = errors.Join(os.Chown(file, uid, gid), os.Chown(dir, uid, gid))
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("directory for PostgreSQL: %w", err), os.RemoveAll(dir))
	}
	return dir, nil
}
