"""The member's snapd: the verbs of `snap` that concern lxd, with snapd's words, changes and blocking.

A start or a refresh ends in the snap's own activation, `lxd activateifneeded`, which asks the daemon for /1.0: it hangs for as
long as the daemon waits for other members or has no leader, and so does the change. --no-wait returns at once.
A revision is a directory of /lab/store with a file `version`; installing one links it below /snap/lxd.
"""
import os
import re

from answer import Answer, background, fail, read, table, write
from changes import Changes

STORE, SNAPS = "/lab/store", "/lab/root/snap/lxd"  # both on one mount, so that installing is a hard link
REFRESH = ['Ensure prerequisites for "lxd" are available', 'Download snap "lxd" ({rev}) from channel "{channel}"', 'Mount snap "lxd" ({rev})',
           'Run pre-refresh hook of "lxd" snap if present', 'Stop snap "lxd" services', 'Make current revision for snap "lxd" unavailable',
           'Make snap "lxd" ({rev}) available to the system', 'Run post-refresh hook of "lxd" snap if present',
           'Start snap "lxd" ({rev}) services', 'Run configure hook of "lxd" snap if present']
STOP, LINK, START = 4, 6, 8


class Snapd:
    def __init__(self, init):
        self.init = init
        self.changes = Changes()

    def boot(self):
        for change in self.changes.all:
            if change["status"] == "Doing" and change["kind"] != "pending":
                self.changes.end(change)
        if self.init.units.socket.enabled and read("/lab/state/stopped") == "":
            background(self.activate())

    @property
    def revision(self):
        return read("/lab/state/revision")

    def version(self, revision):
        return read(f"{STORE}/{revision}/version")

    async def command(self, argv, root):
        flags = [a for a in argv if a.startswith("-")]
        words = [a for a in argv if not a.startswith("-")]
        verb, names = (words or ["help"])[0], words[1:]
        reading = {"version": self.show_version, "list": self.list, "services": self.services, "changes": self.list_changes,
                   "change": self.show_change, "tasks": self.show_change, "info": self.info}
        if verb == "refresh" and "--list" in flags:
            return self.list_refresh(names)
        if verb in reading:
            return reading[verb](names, flags)
        changing = {"start": self.start, "stop": self.stop, "restart": self.restart, "refresh": self.refresh, "revert": self.revert,
                    "logs": self.logs}
        if verb not in changing:
            return fail(f'error: unknown command "{verb}", see \'snap help\'.', 64)
        if not root:
            return fail("error: access denied (try with sudo)")
        if [name.split(".")[0] for name in names] != ["lxd"]:
            return fail(f'error: snap "{" ".join(names)}" not found')
        return await changing[verb](names, flags)

    # what only reads

    def show_version(self, _names, _flags):
        return Answer(out=table([("snap", "2.63"), ("snapd", "2.63"), ("series", "16"), ("debian", "12"), ("kernel", os.uname().release)]))

    def notes(self, revision):
        if revision != self.revision:
            return "disabled"
        words = [word for word, file in (("held", "held"), ("in-cohort", "cohort")) if os.path.exists(f"/lab/state/{file}")]
        return ",".join(words) or "-"

    def list(self, names, flags):
        if names and names != ["lxd"]:
            return fail("error: no matching snaps installed")
        installed = sorted((r for r in os.listdir(SNAPS) if r != "current"), key=int)
        rows = [("Name", "Version", "Rev", "Tracking", "Publisher", "Notes")]
        for revision in installed if "--all" in flags else [self.revision]:
            rows.append(("lxd", self.version(revision), revision, read("/lab/state/tracking"), "canonical✓", self.notes(revision)))
        return Answer(out=table(rows))

    def services(self, _names, _flags):
        rows = [("Service", "Startup", "Current", "Notes"), ("lxd.activate", "enabled", "inactive", "-")]
        for name, unit in (("lxd.daemon", self.init.units.daemon), ("lxd.user-daemon", self.init.units.user_daemon)):
            running = "active" if unit.active in ("active", "activating") else "inactive"
            rows.append((name, unit.unit_file_state(), running, "socket-activated"))
        return Answer(out=table(rows))

    def list_changes(self, _names, flags):
        return self.changes.list("--abs-time" in flags)

    def show_change(self, names, flags):
        return self.changes.one(names[0] if names else "", "--abs-time" in flags)

    def info(self, _names, _flags):
        head = self.head()
        lines = ["name:      lxd", "summary:   LXD - container and VM manager", "publisher: Canonical✓", "license:   AGPL-3.0", "snap-id:   J60k4JY0HppjwOjW8dZdYc8obXKxujRu",
                 f"tracking:  {read('/lab/state/tracking')}", "channels:", f"  5.0/stable: {self.version(head)} 2026-11-20 ({head}) 116MB -",
                 f"installed:   {self.version(self.revision)}            ({self.revision}) 116MB {self.notes(self.revision)}"]
        return Answer(out="\n".join(lines) + "\n")

    def list_refresh(self, names):
        """What the store has for the member; a hold keeps nothing out of it."""
        if names:
            return fail("error: --list does not accept additional arguments")
        head = self.head()
        if head == self.revision:
            return Answer(err="All snaps up to date.\n")
        rows = [("Name", "Version", "Rev", "Size", "Publisher", "Notes"), ("lxd", self.version(head), head, "116MB", "canonical✓", "-")]
        return Answer(out=table(rows))

    def head(self):
        """What the tracked channel offers now: what is installed, unless the lab says otherwise."""
        return read("/lab/state/channel-head") or self.revision

    async def logs(self, _names, flags):
        wanted = next((flag.split("=", 1)[1] for flag in flags if flag.startswith("-n=")), "10")
        return Answer(out=self.init.journal.snap_logs(None if wanted == "all" else int(wanted)))

    # what changes something

    async def changing(self, kind, summary, tasks, flags, work, said):
        """Run work(change) as a change of snapd: refused while another one is in progress, waited for unless --no-wait."""
        other = self.changes.in_progress()
        if other is not None:
            return fail(f'error: snap "lxd" has "{other["kind"]}" change in progress', 10)
        change = self.changes.add(kind, summary, tasks)
        write("/lab/state/change-kind", kind)
        task = background(self.carry_out(change, work))
        if "--no-wait" in flags:
            return Answer(out=f"{change['id']}\n")
        problem = await task
        return Answer(out=f"{said}\n") if problem is None else fail(f"error: {problem}")

    async def carry_out(self, change, work):
        try:
            problem = await work(change)
        except Exception as error:
            problem = f"lab: {type(error).__name__}: {error}"
        write("/lab/state/change-kind", "")
        self.changes.end(change, "Done" if problem is None else "Error")
        return problem

    def control(self, word, flags, work, said):
        task = f'Run service command "{word}" for services ["activate" "daemon" "user-daemon"] of snap "lxd"'
        return self.changing("service-control", "Running service command", [task], flags, work, said)

    async def start(self, _names, flags):
        for unit in self.init.units.all.values() if "--enable" in flags else ():
            unit.enable(True)
        return await self.control("start", flags, self.start_services, "Started.")

    async def stop(self, _names, flags):
        for unit in self.init.units.all.values() if "--disable" in flags else ():
            unit.enable(False)
        return await self.control("stop", flags, self.stop_services, "Stopped.")

    async def restart(self, _names, flags):
        if "--reload" in flags:
            return await self.control("reload", flags, self.reload_services, "Restarted.")

        async def work(change):
            await self.stop_services(change)
            return await self.start_services(change)
        return await self.control("restart", flags, work, "Restarted.")

    async def stop_services(self, _change):
        write("/lab/state/stopped", "yes")
        units = self.init.units
        for unit in (*units.sockets, units.user_daemon, units.daemon):
            await unit.stop()
        for unit in units.sockets:
            if os.path.exists(unit.path):
                os.remove(unit.path)

    async def start_services(self, _change):
        write("/lab/state/stopped", "")
        for unit in self.init.units.sockets:
            if not unit.enabled:
                return 'cannot perform the following tasks:\n- start services of snap "lxd" (service "lxd.daemon" is disabled)'
            unit.start()
        await self.activate()
        return None

    async def reload_services(self, _change):
        await self.init.units.daemon.reload()

    async def activate(self):
        """The snap's lxd.activate service; its own failure is no failure of the change."""
        pipe, theirs = os.pipe()
        pid = self.init.processes.start("/snap/bin/lxd", ["lxd", "activateifneeded"], {1: theirs, 2: theirs})
        os.close(theirs)
        self.init.journal.follow(pipe, "snap.lxd.activate.service", "lxd.activate", pid)
        await self.init.processes.ended(pid)

    async def refresh(self, _names, flags):
        options = dict(flag[2:].split("=", 1) for flag in flags if "=" in flag and flag.startswith("--"))
        if "hold" in options or "--hold" in flags:
            write("/lab/state/held", "yes")
            return Answer(out='General refreshes of "lxd" held indefinitely\n')
        if "--unhold" in flags:
            if os.path.exists("/lab/state/held"):
                os.remove("/lab/state/held")
            return Answer(out='Removed general refresh hold of "lxd"\n')
        if options.get("channel"):
            write("/lab/state/tracking", options["channel"])
        if options.get("cohort"):
            write("/lab/state/cohort", options["cohort"])
        revision = options.get("revision") or self.head()
        if not re.fullmatch(r"\d+", revision) or not os.path.isdir(f"{STORE}/{revision}"):
            return fail('error: cannot refresh "lxd": no snap revision available as specified')
        if revision == self.revision:
            return Answer(err='snap "lxd" has no updates available\n')
        return await self.replace("refresh-snap", 'Refresh "lxd" snap', revision, flags, "refreshed")

    async def revert(self, _names, flags):
        options = dict(flag[2:].split("=", 1) for flag in flags if "=" in flag)
        others = sorted((r for r in os.listdir(SNAPS) if r not in ("current", self.revision)), key=int)
        revision = options.get("revision") or (others[-1] if others else None)
        if revision is None:
            return fail("error: no revision to revert to")
        return await self.replace("revert-snap", 'Revert "lxd" snap', revision, flags, "reverted")

    async def replace(self, kind, summary, revision, flags, verb):
        tasks = [task.format(rev=revision, channel=read("/lab/state/tracking")) for task in REFRESH]

        async def work(change):
            self.changes.begin(change, STOP)
            await self.stop_services(change)
            self.changes.begin(change, LINK)
            install(revision)
            self.changes.begin(change, START)
            return await self.start_services(change)
        return await self.changing(kind, summary, tasks, flags, work, f"lxd {self.version(revision)} from Canonical✓ {verb}")


def install(revision):
    """Make a revision of the store the current one; the one before stays installed, disabled."""
    target = f"{SNAPS}/{revision}"
    if not os.path.isdir(target):
        os.makedirs(f"{target}/bin")
        os.link(f"{STORE}/{revision}/lxd", f"{target}/bin/lxd")
        os.symlink("/lab/commands", f"{target}/commands")
    os.symlink(revision, f"{SNAPS}/current.new")
    os.replace(f"{SNAPS}/current.new", f"{SNAPS}/current")
    write("/lab/state/revision", revision)
