"""The member's journal: collects what units print, and answers `journalctl` and `snap logs`.

One line of /lab/state/journal is one entry: time (seconds since the epoch), unit, identifier, pid, message, separated by tabs.
"""
import asyncio
import json
import os
import re
import time
from collections import namedtuple

from answer import Answer, append, background, fail

Entry = namedtuple("Entry", "at unit identifier pid message")
WITH_VALUE = {"-u": "unit", "--unit": "unit", "-n": "lines", "--lines": "lines", "-o": "output", "--output": "output",
              "-S": "since", "--since": "since", "-U": "until", "--until": "until", "-g": "grep", "--grep": "grep", "-b": "boot"}
FLAGS = {"--no-pager": "plain", "-q": "quiet", "--quiet": "quiet", "--utc": "utc", "-r": "reverse", "--reverse": "reverse",
         "-a": "all", "--all": "all", "--no-hostname": "nohost", "-e": "end", "-b": "boot", "--boot": "boot", "--no-full": "cut"}
AGO = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}


class Journal:
    def __init__(self, path):
        self.path = path

    def append(self, unit, identifier, pid, message):
        append(self.path, f"{time.time():.6f}\t{unit}\t{identifier}\t{pid}\t{message}")

    def follow(self, pipe, unit, identifier, pid):
        """Enter every line that comes through the pipe, until nobody holds its other end."""
        background(self._follow(pipe, unit, identifier, pid))

    async def _follow(self, pipe, unit, identifier, pid):
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
        while line := await reader.readline():
            self.append(unit, identifier, pid, line.decode("utf-8", "replace").rstrip("\n"))

    def entries(self, units=()):
        try:
            with open(self.path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    at, unit, identifier, pid, message = line.rstrip("\n").split("\t", 4)
                    if not units or unit in units:
                        yield Entry(float(at), unit, identifier, int(pid), message)
        except FileNotFoundError:
            return

    async def command(self, argv, root):
        options, problem = parse(argv)
        if problem:
            return fail(problem)
        if not root:
            return Answer(1, out="-- No entries --\n", err="Hint: You are currently not seeing messages from other users and the system.\n")
        units = [name if "." in name.rsplit("/", 1)[-1] and name.endswith((".service", ".socket")) else f"{name}.service" for name in options["unit"]]
        found = list(self.entries(units))
        since, until = moment(options.get("since")), moment(options.get("until"))
        found = [entry for entry in found if (since is None or entry.at >= since) and (until is None or entry.at <= until)]
        if options.get("grep"):
            pattern = options["grep"]
            found = [entry for entry in found if re.search(pattern, entry.message, 0 if pattern != pattern.lower() else re.I)]
        if options.get("lines") not in (None, "all"):
            found = found[-int(options["lines"].lstrip("+")):]
        if "reverse" in options:
            found.reverse()
        if not found:
            return Answer(0 if not options.get("grep") else 1, out="-- No entries --\n")
        return Answer(out="".join(f"{line(entry, options.get('output', 'short'))}\n" for entry in found))

    def snap_logs(self, count):
        """`snap logs lxd`: only what the services themselves said."""
        found = [entry for entry in self.entries() if entry.identifier.startswith("lxd.")]
        found = found if count is None else found[-count:]
        return "".join(f"{utc(entry.at)} {entry.identifier}[{entry.pid}]: {entry.message}\n" for entry in found)


def parse(argv):
    options, arguments = {"unit": []}, iter(argv)
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if argument in FLAGS:
            options[FLAGS[argument]] = True
            continue
        short = argument[:2]
        if name in WITH_VALUE:
            key, value = WITH_VALUE[name], value if equals else next(arguments, "")
        elif short in WITH_VALUE and not argument.startswith("--"):
            key, value = WITH_VALUE[short], argument[2:]
        else:
            return options, f"journalctl: unrecognized option '{argument}'"
        if key == "unit":
            options["unit"].append(value)
        else:
            options[key] = value
    return options, None


def moment(text):
    """A --since or --until of journalctl as seconds since the epoch: @epoch, a UTC date, -15min, "5 min ago", now."""
    if not text:
        return None
    if text == "now":
        return time.time()
    if text.startswith("@"):
        return float(text[1:])
    ago = re.fullmatch(r"-?\s*(\d+)\s*([a-z]+?)s?(?:\s+ago)?", text)
    if ago and ago[2] in AGO:
        return time.time() - int(ago[1]) * AGO[ago[2]]
    plain = text.replace("T", " ").removesuffix("Z").removesuffix(" UTC").split(".")[0]
    return float(time.mktime(time.strptime(plain, "%Y-%m-%d %H:%M:%S")) - time.timezone)


def utc(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def line(entry, output):
    host, said = os.uname().nodename, f"{entry.identifier}[{entry.pid}]: {entry.message}"
    if output == "cat":
        return entry.message
    if output == "json":
        return json.dumps({"__REALTIME_TIMESTAMP": str(int(entry.at * 1e6)), "_HOSTNAME": host, "_SYSTEMD_UNIT": entry.unit,
                           "SYSLOG_IDENTIFIER": entry.identifier, "_PID": str(entry.pid), "MESSAGE": entry.message})
    if output == "short-unix":
        return f"{entry.at:.6f} {host} {said}"
    if output in ("short-iso", "short-iso-precise"):
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(entry.at))
        fraction = f".{int(entry.at % 1 * 1e6):06d}" if output.endswith("precise") else ""
        return f"{at}{fraction}+0000 {host} {said}"
    return f"{time.strftime('%b %d %H:%M:%S', time.gmtime(entry.at))} {host} {said}"
