package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// advice is what a person reads when nothing could be installed for them.
const advice = `The tests need PostgreSQL 15 or newer. Install it and run them again:
  Debian, Ubuntu   apt-get install postgresql
  macOS            brew install postgresql@17
or set HUIYIN_TEST_DATABASE_URL to a server on which databases may be created.`

// debianScript installs the server without creating, or starting, a cluster of
// Debian's own: the configuration has to be there before the package is.
const debianScript = `set -e
conf=/etc/postgresql-common/createcluster.conf
mkdir -p /etc/postgresql-common
[ -e "$conf" ] || echo 'create_main_cluster = false' > "$conf"
export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
apt-get -o DPkg::Lock::Timeout=300 update
apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold install -y --no-install-recommends postgresql`

// install puts PostgreSQL on this machine, or says why it cannot.
func install() error {
	args, err := installer()
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "testpg: no PostgreSQL found, installing it")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdout = os.Stderr
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// installer returns a command that installs the server and asks nothing.
func installer() ([]string, error) {
	switch {
	case runtime.GOOS == "darwin" && installed("brew"):
		return []string{"brew", "install", "postgresql@17"}, nil
	case !installed("apt-get"):
		return nil, errors.New("neither apt-get nor brew is here")
	case os.Geteuid() == 0:
		return []string{"sh", "-c", debianScript}, nil
	case installed("sudo"):
		return []string{"sudo", "-n", "sh", "-c", debianScript}, nil
	}
	return nil, errors.New("this user is not root and there is no sudo")
}

func installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
