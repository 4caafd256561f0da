"""Processes that stand for what LXD keeps running beside its daemon: LXCFS and one monitor per container.

They do nothing but exist, under the names the real ones have: `lxcfs`, and `[lxc monitor] PATH NAME` whose command name is
`lxd`, because the monitor is a child of that binary. Deaths are written to /lab/state/impact: a test reads there what a repair cost.
"""
import os
from datetime import datetime, timezone

from answer import append, background, read, write

COMMON = "/var/snap/lxd/common"
LXCFS_PID = f"{COMMON}/lxcfs.pid"
IMPACT = "/lab/state/impact"


def record(event):
    append(IMPACT, f"{event} {datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}")


class Fakes:
    def __init__(self, processes):
        self.processes = processes
        self.monitors = {}
        self.lxcfs = None

    def _start(self, path, title):
        """`cat` on a pipe nobody writes to: it needs no argument, so that its whole command line can be the title."""
        ours, theirs = os.pipe()
        pid = self.processes.start(path, [title], {0: ours})
        os.close(ours)
        return pid, theirs

    def start_lxcfs(self):
        if self.lxcfs is not None:
            return
        self.lxcfs, pipe = self._start("/opt/lab/fake/lxcfs", f"lxcfs {COMMON}/var/lib/lxcfs -p {LXCFS_PID}")
        write(LXCFS_PID, str(self.lxcfs))
        background(self._watch_lxcfs(self.lxcfs, pipe))

    async def _watch_lxcfs(self, pid, pipe):
        await self.processes.ended(pid)
        os.close(pipe)
        self.lxcfs = None
        record(f"lxcfs-died {len(self.monitors)} instances running")

    def start_instances(self):
        """Start the instances that ran last, as LXD does once it serves; those that run already are left alone."""
        for name in read("/lab/state/instances").split():
            if name not in self.monitors:
                title = f"[lxc monitor] {COMMON}/lxd/containers {name}"
                self.monitors[name] = self._start("/opt/lab/fake/lxd", title)
                background(self._watch_monitor(name))

    async def _watch_monitor(self, name):
        pid, pipe = self.monitors[name]
        code = await self.processes.ended(pid)
        os.close(pipe)
        del self.monitors[name]
        if code != -15:  # SIGTERM is how stop_instances() ends them, and it records that itself
            record(f"instance-died {name}")

    def stop_instances(self):
        names = sorted(self.monitors)
        for name in names:
            os.kill(self.monitors[name][0], 15)
        record(f"instances-stopped {' '.join(names) or '-'}")
