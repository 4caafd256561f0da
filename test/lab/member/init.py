"""PID 1 of a lab member: reaps, boots, and answers snap, systemctl, journalctl and labctl.

It stands in for systemd (units.py) and snapd (snapd.py). Killing it ends every process of the member: a power cut.
What must survive that lies under /lab (the member's disk) or /var/snap; /run is new with every boot.
"""
import asyncio
import json
import os
import signal
import socket
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from answer import Answer  # noqa: E402
from fakes import Fakes  # noqa: E402
from journal import Journal  # noqa: E402
from labctl import Labctl  # noqa: E402
from snapd import Snapd  # noqa: E402
from units import Units  # noqa: E402

CONTROL = "/run/lab-init.sock"
FULL_PATH = "/snap/bin:/usr/local/bin:/usr/bin:/opt/host/usr/sbin:/opt/host/usr/bin"


class Processes:
    """Starts children and waits for them; as PID 1 it also reaps every orphan of the member."""

    def __init__(self):
        self.waiting = {}

    def start(self, path, argv, fds=None, env=None):
        """Start a child in a session of its own; fds maps the child's descriptors to ours."""
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)] if 0 not in (fds or {}) else []
        actions += [(os.POSIX_SPAWN_DUP2, ours, theirs) for theirs, ours in (fds or {}).items()]
        base = {"PATH": FULL_PATH, "HOME": "/root", "LANG": "C.UTF-8"}
        pid = os.posix_spawn(path, argv, {**base, **(env or {})}, file_actions=actions, setsid=True, setsigmask=[],
                             setsigdef=[signal.SIGPIPE])
        self.waiting[pid] = asyncio.get_running_loop().create_future()
        return pid

    async def ended(self, pid):
        """The exit code of a child; minus the signal's number when a signal ended it. Asked once per child."""
        code = await asyncio.shield(self.waiting[pid])
        self.waiting.pop(pid, None)
        return code

    def reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            code = os.waitstatus_to_exitcode(status)
            future = self.waiting.get(pid)
            if future is not None:
                future.set_result(code)


class Init:
    def __init__(self):
        self.processes = Processes()
        self.journal = Journal("/lab/state/journal")
        self.fakes = Fakes(self.processes)
        self.units = Units(self)
        self.snapd = Snapd(self)
        self.tools = {"systemctl": self.units.command, "snap": self.snapd.command, "journalctl": self.journal.command,
                      "labctl": Labctl(self).command}

    def start_sshd(self):
        log = os.open("/lab/state/sshd.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.makedirs("/run/sshd", exist_ok=True)
        self.sshd = self.processes.start("/usr/sbin/sshd", ["/usr/sbin/sshd", "-D", "-e", "-f", "/lab/sshd_config"], {2: log})
        os.close(log)

    async def serve(self, reader, writer):
        credentials = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        _, uid, _ = struct.unpack("3i", credentials)
        try:
            request = json.loads(await reader.readline())
            answer = await self.tools[request["tool"]](request["argv"], uid == 0)
        except Exception as error:  # a broken stand-in must say so, not hang its caller
            answer = Answer(70, err=f"lab: {type(error).__name__}: {error}\n")
        writer.write(json.dumps(answer._asdict()).encode())
        try:
            await writer.drain()
        except ConnectionError:
            pass  # the caller went away; what it asked for was done all the same
        writer.close()

    async def run(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self.processes.reap)
        server = await asyncio.start_unix_server(self.serve, CONTROL)
        os.chmod(CONTROL, 0o666)
        self.start_sshd()
        self.units.boot()
        self.snapd.boot()
        async with server:
            await server.serve_forever()


asyncio.run(Init().run())
