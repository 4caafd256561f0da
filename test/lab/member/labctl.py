"""`labctl`: what the lab itself, and the snap's scripts, ask the member's init for. No part of a real member."""
import os

from answer import Answer, fail, read, write
from fakes import record
from snapd import install


class Labctl:
    def __init__(self, init):
        self.init = init

    async def command(self, argv, root):
        verbs = {"lxcfs": self.lxcfs, "impact": self.impact, "instances-stop": self.instances_stop, "install": self.install,
                 "pending": self.pending, "pending-end": self.pending_end, "sshd-restart": self.sshd_restart, "status": self.status}
        if not root or not argv or argv[0] not in verbs:
            return fail(f"usage: labctl {'|'.join(verbs)} ... (as root)", 64)
        return await verbs[argv[0]](*argv[1:])

    async def lxcfs(self):
        self.init.fakes.start_lxcfs()
        return Answer()

    async def impact(self, *words):
        record(" ".join(words))
        return Answer()

    async def instances_stop(self):
        self.init.fakes.stop_instances()
        return Answer()

    async def install(self, revision):
        """Swap the installed revision without touching services: what a refresh leaves behind on a stopped snap."""
        install(revision)
        return Answer()

    async def pending(self, kind="auto-refresh", summary='Auto-refresh snap "lxd"', task='Download snap "lxd"'):
        """Enter a change that stays in progress until `labctl pending-end`."""
        change = self.init.snapd.changes.add(kind, summary, [task])
        self.init.snapd.changes.begin(change, 0)
        write("/lab/state/pending", change["id"])
        return Answer(out=f"{change['id']}\n")

    async def pending_end(self):
        wanted = read("/lab/state/pending")
        for change in self.init.snapd.changes.all:
            if change["id"] == wanted:
                self.init.snapd.changes.end(change)
        return Answer()

    async def sshd_restart(self):
        """Only the listener: sessions that are open go on, as with a restart of the real service."""
        os.kill(self.init.sshd, 15)
        await self.init.processes.ended(self.init.sshd)
        self.init.start_sshd()
        return Answer()

    async def status(self):
        fakes = self.init.fakes
        return Answer(out=f"lxcfs={fakes.lxcfs or 0}\ninstances={' '.join(sorted(fakes.monitors))}\n")
