"""snap.lxd.daemon.service of a lab member, with systemd's states, restarts and socket activation.

The daemon runs the scripts of commands/ and gets its listening socket from us (LISTEN_FDS), so that the socket file outlives
it and a connection to a stopped daemon starts it, as on a real host.
"""
import asyncio
import os
import time

from answer import background, read
from unit import Unit, ready, settled, stamp

COMMANDS = "/snap/lxd/current/commands"
RESTART_DELAY = 0.1


def descendants(pid):
    """A process and everything it started that is still attached to it, parents first."""
    found = [pid]
    for one in found:
        try:
            with open(f"/proc/{one}/task/{one}/children", encoding="ascii") as file:
                found += [int(child) for child in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found if os.path.exists(f"/proc/{pid}") else []


class Daemon(Unit):
    """snap.lxd.daemon.service: Restart=on-failure, RestartSec=100ms, ExecStop and ExecReload of the snap."""

    def __init__(self, init, name):
        super().__init__(init, name)
        self.restarts, self.main, self.status, self.started = 0, 0, 0, None
        self.starts, self.stopping, self.over = [], None, None
        self.socket = None

    def show(self):
        return {**super().show(), "MainPID": self.main, "NRestarts": self.restarts, "ExecMainPID": self.main,
                "ExecMainStatus": self.status, "ExecMainStartTimestamp": stamp(self.started), "Type": "simple",
                "Restart": "on-failure", "TimeoutStopUSec": "10min"}

    def unit_file_state(self):
        return "enabled" if self.enabled else "disabled"

    def start(self):
        if self.active not in ("active", "activating"):
            self.restarts = 0
            self.launch()
        return background(settled(True))

    def launch(self):
        limit = read("/lab/state/start-limit").split()
        now = time.time()
        self.starts = [at for at in self.starts if limit and now - at < float(limit[1])] + [now]
        if limit and len(self.starts) > int(limit[0]):
            self.set("failed", "failed", "start-limit-hit")
            self.say(f"{self.name}: Start request repeated too quickly.")
            self.socket.stop()
            self.socket.set("failed", "failed", "service-start-limit-hit")
            return
        self.socket.disarm()
        pipe, theirs = os.pipe()
        fds, env = {1: theirs, 2: theirs}, {}
        if self.socket.listener is not None:
            fds[3] = self.socket.listener.fileno()
            env = {"LISTEN_FDS": "1", "LISTEN_FDNAMES": self.socket.name}
        self.main = self.init.processes.start("/bin/sh", ["/bin/sh", f"{COMMANDS}/daemon.start"], fds, env)
        os.close(theirs)
        self.init.journal.follow(pipe, self.name, "lxd.daemon", self.main)
        self.started = time.time()
        self.set("active", "running", "success")
        self.say("Started Service for snap application lxd.daemon.")
        self.over = background(self.watch(self.main))
        background(self.start_instances_when_ready(self.main))

    async def watch(self, pid):
        code = await self.init.processes.ended(pid)
        self.main, self.status = 0, abs(code)
        result = "success" if code == 0 else "signal" if code < 0 else "exit-code"
        if code != 0:
            how = f"exited, status={code}/FAILURE" if code > 0 else f"killed, status={-code}"
            self.say(f"{self.name}: Main process exited, code={how}")
            self.say(f"{self.name}: Failed with result '{result}'.")
        else:
            self.say(f"{self.name}: Deactivated successfully.")
        if self.stopping is not None:
            self.result = result
            return
        if code == 0:
            self.set("inactive", "dead", "success")
            self.socket.arm()
            return
        self.set("activating", "auto-restart", result)
        await asyncio.sleep(RESTART_DELAY)
        if self.sub == "auto-restart":
            self.restarts += 1
            self.say(f"{self.name}: Scheduled restart job, restart counter is at {self.restarts}.")
            self.launch()

    async def start_instances_when_ready(self, pid):
        """LXD starts the instances that ran last once it serves; our fake ones have nobody else to do it."""
        while self.main == pid and self.stopping is None:
            if await ready(self.socket.path):
                self.init.fakes.start_instances()
                return
            await asyncio.sleep(0.3)

    def stop(self):
        if self.stopping is None:
            self.stopping = background(self.do_stop())
        return self.stopping

    async def do_stop(self):
        if self.main == 0:  # dead, failed, or between two restarts: nothing to run, nothing to kill
            self.set("failed" if self.active == "failed" else "inactive", "failed" if self.active == "failed" else "dead")
        else:
            self.set("deactivating", "stop")
            self.say("Stopping Service for snap application lxd.daemon...")
            await self.run_script("daemon.stop")
            self.set("deactivating", "stop-sigterm")
            self.kill(15, main_only=False)
            done, _ = await asyncio.wait([self.over], timeout=float(read("/lab/state/stop-seconds", "15")))
            if not done:
                self.set("deactivating", "stop-sigkill")
                self.kill(9, main_only=False)
                await self.over
            failed = self.result != "success"
            self.set("failed" if failed else "inactive", "failed" if failed else "dead")
            self.say("Stopped Service for snap application lxd.daemon.")
        self.stopping = None
        self.socket.arm()
        return True

    def restart(self):
        return background(self.do_restart())

    async def do_restart(self):
        await self.stop()
        return await self.start()

    def reload(self):
        return background(self.run_script("daemon.reload"))

    async def run_script(self, script):
        pipe, theirs = os.pipe()
        pid = self.init.processes.start("/bin/sh", ["/bin/sh", f"{COMMANDS}/{script}"], {1: theirs, 2: theirs})
        os.close(theirs)
        self.init.journal.follow(pipe, self.name, "lxd.daemon", pid)
        return await self.init.processes.ended(pid) == 0

    def kill(self, number, main_only):
        for pid in descendants(self.main)[:1 if main_only else None] if self.main else []:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
