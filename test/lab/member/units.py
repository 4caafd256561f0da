"""The member's systemd: the units of the LXD snap, and `systemctl` on them.

Formats and exit codes follow systemd 252. What a service or a socket does is in service.py and sockets.py.

Every changing call is entered in /lab/state/calls: time, verb, unit, separated by tabs.
"""
import signal
import time

from answer import Answer, append, fail
from service import Daemon
from sockets import Socket, UserDaemon

PREFIX = "snap.lxd."
COMMON = "/var/snap/lxd/common"
NO_WAIT = {"--no-block"}


class Units:
    def __init__(self, init):
        self.init = init
        self.daemon = Daemon(init, f"{PREFIX}daemon.service")
        self.user_daemon = UserDaemon(init, f"{PREFIX}user-daemon.service", f"{COMMON}/lxd/unix.socket")
        self.socket = Socket(init, f"{PREFIX}daemon.unix.socket", f"{COMMON}/lxd/unix.socket", self.daemon)
        self.user_socket = Socket(init, f"{PREFIX}user-daemon.unix.socket", f"{COMMON}/lxd-user/unix.socket", self.user_daemon)
        self.all = {unit.name: unit for unit in (self.daemon, self.socket, self.user_daemon, self.user_socket)}
        self.sockets = (self.socket, self.user_socket)
        self.services = (self.daemon, self.user_daemon)

    def boot(self):
        self.init.fakes.start_lxcfs()
        for unit in self.sockets:
            if unit.enabled:
                unit.start()

    def find(self, name):
        return self.all.get(name if name.endswith((".service", ".socket")) else f"{name}.service")

    async def command(self, argv, root):
        words, options = [], []
        arguments = iter(argv)
        for argument in arguments:
            if argument in ("-p", "-s", "--property", "--signal"):
                options.append(f"{'-p' if 'p' in argument else '-s'}={next(arguments, '')}")
            elif argument.startswith("-p") and not argument.startswith("--"):
                options.append(f"-p={argument[2:].lstrip('=')}")
            else:
                (options if argument.startswith("-") else words).append(argument)
        if options == ["--version"]:
            return Answer(out="systemd 252 (252.39-1~deb12u1)\n")
        verb, names = (words or ["list-units"])[0], words[1:]
        if verb in ("is-active", "is-enabled", "is-failed"):
            return self.is_state(verb, names, options)
        if verb == "show":
            return self.show(names, options)
        if verb not in ("start", "stop", "restart", "reload", "reset-failed", "kill", "enable", "disable"):
            return fail(f"Unknown command verb {verb}.")
        if not root:
            return fail(f"Failed to {verb} {' '.join(names)}: Access denied")
        return await self.change(verb, names, options)

    def is_state(self, verb, names, options):
        words, good = [], False
        for name in names:
            unit = self.find(name)
            if verb == "is-enabled" and unit is None:
                return fail(f"Failed to get unit file state for {name}: No such file or directory")
            word = "inactive" if unit is None else unit.unit_file_state() if verb == "is-enabled" else unit.active
            good = good or word in {"is-active": ("active",), "is-enabled": ("enabled", "static"), "is-failed": ("failed",)}[verb]
            words.append(word)
        out = "" if "-q" in options or "--quiet" in options else "".join(f"{word}\n" for word in words)
        return Answer(0 if good else 3 if verb == "is-active" else 1, out)

    def show(self, names, options):
        wanted = [name for option in options if option.startswith(("-p=", "--property=")) for name in option.split("=", 1)[1].split(",")]
        blocks = []
        for name in names:
            unit = self.find(name)
            facts = {"Id": name, "LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead"} if unit is None else unit.show()
            order = [key for key in (wanted or facts) if key in facts]
            bare = "--value" in options
            blocks.append("".join(f"{facts[key]}\n" if bare else f"{key}={facts[key]}\n" for key in order))
        return Answer(out="\n".join(blocks))

    async def change(self, verb, names, options):
        units = [(name, self.find(name)) for name in names]
        for name, unit in units:
            if unit is None:
                return fail(f"Failed to {verb} {name}: Unit {name} not found.", 5)
        notes = ""
        jobs = []
        for _, unit in units:
            refusal = self.refusal(verb, unit)
            if refusal:
                return fail(refusal)
            if verb == "stop" and unit is self.daemon and self.socket.active == "active" and self.socket not in [u for _, u in units]:
                notes += f"Warning: Stopping {unit.name}, but it can still be activated by:\n  {self.socket.name}\n"
            append("/lab/state/calls", f"{time.time():.6f}\t{verb}\t{unit.name}")
            job = self.act(verb, unit, options)
            if job is not None:
                jobs.append((unit, job))
        if not NO_WAIT & set(options):
            for unit, job in jobs:
                if not await job:
                    return fail(f"{notes}Job for {unit.name} failed because the control process exited with error code.")
        return Answer(err=notes)

    def refusal(self, verb, unit):
        if verb == "reload" and unit.active != "active":
            return f"{unit.name} is not active, cannot reload."
        if verb == "reload" and unit is not self.daemon:
            return f"Failed to reload {unit.name}: Job type reload is not applicable for unit {unit.name}."
        return None

    def act(self, verb, unit, options):
        """Do it, or start doing it: what comes back, if anything, is waited for unless --no-block was given."""
        if verb == "start":
            return unit.start()
        if verb == "stop":
            return unit.stop()
        if verb == "restart":
            return unit.restart()
        if verb == "reload":
            return unit.reload()
        if verb in ("enable", "disable"):
            unit.enable(verb == "enable")
        elif verb == "reset-failed":
            unit.reset_failed()
        elif verb == "kill":
            named = [option.split("=", 1)[1] for option in options if option.startswith(("-s=", "--signal="))]
            main_only = any(option in ("--kill-whom=main", "--kill-who=main") for option in options)
            unit.kill(parse_signal((named or ["TERM"])[0]), main_only)
        return None


def parse_signal(word):
    return int(word) if word.isdigit() else signal.Signals[word if word.startswith("SIG") else f"SIG{word}"].value


