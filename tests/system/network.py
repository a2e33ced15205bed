"""A network of the tests' own: two namespaces and a cable between them, in which packets get lost. The test's process, with its
broker, moves into the first; lorenzd is started in the second. Both end with the processes in them."""
import ctypes
import os
import shutil
import subprocess

CLONE_NEWNET = 0x40000000
HERE, THERE = "10.213.7.1", "10.213.7.2"
LIBC = ctypes.CDLL(None, use_errno=True)


def _must(done):
    if done != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")


def missing():
    """Why it cannot be had here, or None."""
    for program in ("ip", "iptables-legacy", "nsenter", "unshare"):
        if not shutil.which(program):
            return f"there is no {program}"
    try:
        run("unshare", "--net", "iptables-legacy", "-A", "INPUT", "-m", "statistic", "--mode", "random", "--probability", "0.5", "-j", "DROP")
    except RuntimeError as error:
        return f"namespaces or their rules are not allowed ({error})"
    return None


class Network:
    """Made once, before anything else listens: this process leaves the host's network for good."""

    def __init__(self):
        _must(LIBC.unshare(CLONE_NEWNET))
        self.holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo up; exec sleep 86400"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.peer = os.open(f"/proc/{self.holder.pid}/ns/net", os.O_RDONLY)
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there", "netns", str(self.holder.pid))
        run("ip", "addr", "add", HERE + "/30", "dev", "here")
        run("ip", "link", "set", "here", "up")
        for command in ("ip link set lo up", f"ip addr add {THERE}/30 dev there", "ip link set there up"):
            self.there(*command.split())

    def there(self, *command):
        run("nsenter", f"--net=/proc/{self.holder.pid}/ns/net", *command)

    def enter(self):
        """For a child, before it becomes lorenzd."""
        _must(LIBC.setns(self.peer, CLONE_NEWNET))

    def lose(self, share=1.0, directions=("INPUT", "OUTPUT")):
        """So much of the packets that lorenzd gets and sends, from now on and instead of what was lost before."""
        self.there("iptables-legacy", "-F")
        chance = ("-m", "statistic", "--mode", "random", "--probability", str(share)) if share < 1.0 else ()
        for direction in directions if share > 0.0 else ():
            self.there("iptables-legacy", "-A", direction, "!", "-i" if direction == "INPUT" else "-o", "lo", *chance, "-j", "DROP")

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()
        os.close(self.peer)
