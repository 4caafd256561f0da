"""Services and sockets of a lab member, with systemd's states, restarts and socket activation.

The daemon runs the scripts of commands/ and gets its listening socket from us (LISTEN_FDS), so that the socket file outlives
it and a connection to a stopped daemon starts it, as on a real host.
"""
import asyncio
import os
import socket
import time

from answer import read, write

COMMANDS = "/snap/lxd/current/commands"
RESTART_DELAY = 0.1
LXD_GROUP = 101


def stamp(moment):
    return "" if moment is None else time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))


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


class Unit:
    def __init__(self, init, name):
        self.init, self.name = init, name
        self.active, self.sub, self.result = "inactive", "dead", "success"
        self.changed = None

    @property
    def enabled(self):
        return not os.path.exists(f"/lab/state/disabled/{self.name}")

    def enable(self, on):
        path = f"/lab/state/disabled/{self.name}"
        os.makedirs("/lab/state/disabled", exist_ok=True)
        if on and os.path.exists(path):
            os.remove(path)
        elif not on:
            write(path, "")

    def unit_file_state(self):
        return "enabled" if self.enabled else "disabled"

    def set(self, active, sub, result=None):
        self.active, self.sub, self.result = active, sub, result or self.result
        self.changed = time.time()

    def say(self, text):
        self.init.journal.append(self.name, "systemd", 1, text)

    def reset_failed(self):
        if self.active == "failed":
            self.set("inactive", "dead", "success")

    def reload(self):
        return None

    def kill(self, number, main_only):
        return None

    def show(self):
        return {"Id": self.name, "Names": self.name, "LoadState": "loaded", "ActiveState": self.active, "SubState": self.sub,
                "UnitFileState": self.unit_file_state(), "StateChangeTimestamp": stamp(self.changed), "Result": self.result}


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
        return asyncio.ensure_future(settled(True))

    def launch(self):
        limit = read("/lab/state/start-limit").split()
        now = time.time()
        self.starts = [at for at in self.starts if limit and now - at < float(limit[1])] + [now]
        if limit and len(self.starts) > int(limit[0]):
            self.set("failed", "failed", "start-limit-hit")
            self.say(f"{self.name}: Start request repeated too quickly.")
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
        self.over = asyncio.ensure_future(self.watch(self.main))
        asyncio.ensure_future(self.start_instances_when_ready(self.main))

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
            self.stopping = asyncio.ensure_future(self.do_stop())
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
        if self.active == "inactive":
            self.socket.arm()
        return True

    def restart(self):
        return asyncio.ensure_future(self.do_restart())

    async def do_restart(self):
        await self.stop()
        return await self.start()

    def reload(self):
        return asyncio.ensure_future(self.run_script("daemon.reload"))

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


class UserDaemon(Unit):
    """snap.lxd.user-daemon.service: what it serves is not modelled, but using it wakes the daemon up, as the real one does."""

    def __init__(self, init, name, daemon_socket):
        super().__init__(init, name)
        self.daemon_socket, self.socket = daemon_socket, None

    def start(self):
        self.set("active", "running")
        self.socket.disarm()
        try:
            self.socket.listener.accept()[0].close()
            asyncio.ensure_future(ready(self.daemon_socket))
        except (AttributeError, BlockingIOError):
            pass  # started by hand: no client waits
        return asyncio.ensure_future(settled(True))

    def stop(self):
        self.set("inactive", "dead")
        self.socket.arm()
        return asyncio.ensure_future(settled(True))

    def restart(self):
        self.stop()
        return self.start()


class Socket(Unit):
    """A listening socket that starts its service on the first connection and is handed over to it."""

    def __init__(self, init, name, path, service):
        super().__init__(init, name)
        self.path, self.service, self.listener = path, service, None
        service.socket = self

    def start(self):
        if self.listener is None:
            os.makedirs(os.path.dirname(self.path), exist_ok=True)
            if os.path.exists(self.path):
                os.remove(self.path)
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(self.path)
            os.chown(self.path, 0, LXD_GROUP)
            os.chmod(self.path, 0o660)
            self.listener.listen(64)
            self.listener.setblocking(False)
            self.set("active", "running" if self.service.active == "active" else "listening")
            self.arm()
        return asyncio.ensure_future(settled(True))

    def stop(self):
        """The file stays, as with systemd's default RemoveOnStop=no; a service that has the socket keeps it."""
        self.disarm()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        self.set("inactive", "dead")
        return asyncio.ensure_future(settled(True))

    def restart(self):
        self.stop()
        return self.start()

    def arm(self):
        if self.listener is not None and self.service.active == "inactive":
            self.sub = "listening"
            asyncio.get_running_loop().add_reader(self.listener.fileno(), self.activate)

    def disarm(self):
        if self.listener is not None:
            self.sub = "running"
            asyncio.get_running_loop().remove_reader(self.listener.fileno())

    def activate(self):
        self.disarm()
        self.service.start()


async def settled(value):
    return value


async def ready(path):
    """Whether the daemon behind this socket says that it is ready."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_unix_connection(path), 1)
        writer.write(b"GET /internal/ready HTTP/1.0\r\n\r\n")
        status = await asyncio.wait_for(reader.readline(), 1)
        writer.close()
        return b" 200 " in status
    except (OSError, asyncio.TimeoutError):
        return False
