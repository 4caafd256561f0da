"""The sockets of a lab member's units, and the service behind the second of them."""
import asyncio
import os
import socket

from answer import background
from unit import Unit, ready, settled

LXD_GROUP = 101


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
            background(ready(self.daemon_socket))
        except (AttributeError, BlockingIOError):
            pass  # started by hand: no client waits
        return background(settled(True))

    def stop(self):
        self.set("inactive", "dead")
        self.socket.arm()
        return background(settled(True))

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
        return background(settled(True))

    def stop(self):
        """The file stays, as with systemd's default RemoveOnStop=no; a service that has the socket keeps it."""
        self.disarm()
        if self.listener is not None:
            self.listener.close()
            self.listener = None
        self.set("inactive", "dead")
        return background(settled(True))

    def restart(self):
        self.stop()
        return self.start()

    def arm(self):
        """A service that failed is started by the next connection too, except when it had failed too often (socket_trigger_notify)."""
        if self.listener is not None and self.service.active in ("inactive", "failed") and self.service.result != "start-limit-hit":
            self.sub = "listening"
            asyncio.get_running_loop().add_reader(self.listener.fileno(), self.activate)

    def disarm(self):
        if self.listener is not None:
            self.sub = "running"
            asyncio.get_running_loop().remove_reader(self.listener.fileno())

    def activate(self):
        self.disarm()
        self.service.start()
