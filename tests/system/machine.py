"""A machine of its own: a small Debian with a real systemd, booted by systemd-nspawn without a network, and commands run in it.
The tree of the distribution is made once by mmdebstrap from the mirror that apt is configured with, and kept as an archive in
LORENZ_BOOT_CACHE (default ~/.cache/lorenz-boot). Raises Impossible where such a machine cannot be had here, and says why."""
import hashlib
import os
import re
import shutil
import signal
import subprocess

from harness import SLOW, until

BASE = ["systemd", "systemd-sysv", "dbus", "adduser"]
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
CACHE = os.environ.get("LORENZ_BOOT_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "lorenz-boot")


class Impossible(Exception):
    """Not here: no root, no tool, no mirror, no permission."""


def _output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _look():
    if os.geteuid() != 0:
        raise Impossible("only root can boot a machine")
    for program in ("mmdebstrap", "systemd-nspawn", "nsenter", "setpriv"):
        if not shutil.which(program):
            raise Impossible(f"{program} is not installed")


def _recipe(packages):
    """mmdebstrap's arguments and its sources: the Debian, the mirror and the proxy of this machine's own apt."""
    codename = re.search(r"^VERSION_CODENAME=(\w+)", _output("cat", "/etc/os-release"), re.M)
    targets = _output("apt-get", "indextargets", "--format", "$(ORIGIN)|deb $(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages")
    sources = sorted({line.split("|")[1] for line in targets.splitlines() if line.startswith("Debian|")})
    options = [line.rstrip(";") for line in _output("apt-config", "dump").splitlines()
               if re.match(r"Acquire::(https?::(Proxy|Verify)|Check-|Retries)", line)]
    if not codename:
        raise Impossible("/etc/os-release names no release of Debian")
    arguments = ["--variant=minbase", "--include=" + ",".join(sorted({*BASE, *packages})), *(f"--aptopt={line}" for line in options)]
    return arguments, codename[1], "\n".join(sources)


def _archive(packages):
    arguments, codename, sources = _recipe(packages)
    name = hashlib.sha256("\n".join([*arguments, codename, sources]).encode()).hexdigest()[:16]
    path = os.path.join(CACHE, f"{codename}-{name}.tar")
    if os.path.exists(path):
        return path
    os.makedirs(CACHE, exist_ok=True)
    unfinished = f"{path}.{os.getpid()}.tar"
    done = subprocess.run(["mmdebstrap", "--quiet", *arguments, codename, unfinished, *(["-"] if sources else [])], input=sources,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        if os.path.exists(unfinished):
            os.unlink(unfinished)
        raise Impossible("mmdebstrap makes no tree: " + " / ".join(done.stderr.strip().splitlines()[-3:]))
    os.rename(unfinished, path)
    return path


class Machine:
    """Booted with boot(), gone with close(). Its files lie below root; commands run as root unless user says otherwise."""

    def __init__(self, folder):
        _look()
        self.root = os.path.join(folder, "root")
        self.console = os.path.join(folder, "console")
        self.nspawn = None
        self.leader = None

    def make(self, packages):
        os.mkdir(self.root, 0o755)
        subprocess.run(["tar", "-xpf", _archive(packages), "-C", self.root], check=True)
        self.write("/etc/dpkg/dpkg.cfg.d/quick", "force-unsafe-io\n")

    def boot(self):
        with open(self.console, "wb") as console:
            self.nspawn = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "systemd-nspawn", "-q", "-D", self.root, f"--machine=lorenz-{os.getpid()}", "--boot",
                 "--register=no", "--keep-unit", "--private-network", "--console=pipe"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.leader = until(self._leader, "systemd is there", 30 * SLOW)
        state = until(self._state, "systemd is up", 120 * SLOW, pause=0.2)
        if state != "running":
            raise AssertionError(f"the machine is {state}:\n" + self.run("systemctl", "--failed", check=False).stdout)

    def _alive(self):
        if self.nspawn.poll() is not None:
            raise Impossible("systemd-nspawn does not boot: " + " / ".join(self.console_text().strip().splitlines()[-3:]))

    def _leader(self):
        self._alive()
        for child in _output("pgrep", "-P", str(self.nspawn.pid), "-x", "systemd").split():
            return int(child)  # not one of those that prepare the machine and end
        return None

    def _state(self):
        self._alive()
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state if state in ("running", "degraded") else None

    def console_text(self):
        with open(self.console, encoding="utf-8", errors="replace") as file:
            return file.read()

    def popen(self, *command, user=None, **options):
        who = ["runuser", "-u", user, "--"] if user else []
        env = [f"{key}={value}" for key, value in ENVIRONMENT.items()]
        return subprocess.Popen(["nsenter", "-t", str(self.leader), "-a", "env", "-i", *env, *who, *command], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)

    def run(self, *command, user=None, check=True, timeout=120):
        """To its end; standard output and error are one text."""
        process = self.popen(*command, user=user)
        try:
            output, _ = process.communicate(timeout=timeout * SLOW)
        finally:
            process.kill()
        if check and process.returncode:
            raise AssertionError(f"{' '.join(command)}: exit code {process.returncode}\n{output}")
        return subprocess.CompletedProcess(command, process.returncode, output)

    def path(self, name):
        return self.root + name

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), mode)

    def close(self):
        if self.nspawn and self.nspawn.poll() is None:
            os.kill(self.leader or self.nspawn.pid, signal.SIGKILL)  # nothing in it is wanted any more
            self.nspawn.wait()
