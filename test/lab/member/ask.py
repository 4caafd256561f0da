#!/opt/host/usr/bin/python3 -SE
"""snap, systemctl, journalctl and labctl on a lab member: pass the command line on to the member's init and print its answer.

The name it is called by says which tool is meant. A caller that goes away (timeout, a lost connection) does not stop what it
asked for: as with the real ones, the work is done elsewhere.
"""
import json
import os
import socket
import sys


def main():
    request = {"tool": os.path.basename(sys.argv[0]), "argv": sys.argv[1:]}
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("/run/lab-init.sock")
        client.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(b"".join(iter(lambda: client.recv(65536), b"")))
    sys.stdout.write(answer["out"])
    sys.stderr.write(answer["err"])
    return answer["code"]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
