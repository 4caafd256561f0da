"""What a stand-in answers to a command line: exit code, standard output, standard error; and the small helpers they share."""
import asyncio
from collections import namedtuple

Answer = namedtuple("Answer", "code out err", defaults=(0, "", ""))


_tasks = set()


def background(coroutine):
    """Start it as a task and hold on to it until it is done: the event loop alone would let it be collected half-way."""
    task = asyncio.ensure_future(coroutine)
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)
    return task


def fail(text, code=1):
    return Answer(code, err=text + "\n")


def read(path, default=""):
    """The stripped text of a small file, or the default when it is not there."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except FileNotFoundError:
        return default


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{text}\n" if text else "")


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(f"{text}\n")


def table(rows):
    """Columns as snap prints them: padded to the widest cell, two spaces apart, nothing after the last."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
    return "".join(f"{line}\n" for line in lines)
