"""What services and sockets of a lab member have in common: systemd's states, and what `systemctl show` says of them."""
import asyncio
import os
import time

from answer import write


def stamp(moment):
    return "" if moment is None else time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(moment))


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
