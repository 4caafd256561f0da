"""snapd's record of changes on a lab member, kept in /lab/state/changes.json, and the two tables that show it."""
import json
import os
import time

from answer import Answer, fail, table

PATH = "/lab/state/changes.json"


class Changes:
    def __init__(self):
        self.all = []
        if os.path.exists(PATH):
            with open(PATH, encoding="utf-8") as file:
                self.all = json.load(file)

    def save(self):
        with open(f"{PATH}.new", "w", encoding="utf-8") as file:
            json.dump(self.all, file)
        os.replace(f"{PATH}.new", PATH)

    def add(self, kind, summary, tasks):
        """Enter a change in progress; its tasks are summaries, all still to do."""
        change = {"id": str(len(self.all) + 1), "kind": kind, "summary": summary, "status": "Doing", "spawn": time.time(), "ready": None,
                  "tasks": [{"summary": task, "status": "Do", "spawn": time.time(), "ready": None} for task in tasks]}
        self.all.append(change)
        self.save()
        return change

    def begin(self, change, number):
        """All tasks before this one are done; this one is under way."""
        for i, task in enumerate(change["tasks"]):
            if i < number and task["status"] != "Done":
                task["status"], task["ready"] = "Done", time.time()
        change["tasks"][number]["status"] = "Doing"
        self.save()

    def end(self, change, status="Done"):
        for task in change["tasks"]:
            if task["status"] != "Done":
                task["status"], task["ready"] = status, time.time()
        change["status"], change["ready"] = status, time.time()
        self.save()

    def in_progress(self):
        return next((change for change in self.all if change["status"] == "Doing"), None)

    def list(self, absolute):
        if not self.all:
            return fail("error: no changes found")
        rows = [("ID", "Status", "Spawn", "Ready", "Summary")]
        rows += [(c["id"], c["status"], when(c["spawn"], absolute), when(c["ready"], absolute), c["summary"]) for c in self.all]
        return Answer(out=table(rows) + "\n")

    def one(self, number, absolute):
        change = next((change for change in self.all if change["id"] == number), None)
        if change is None:
            return fail(f'error: cannot find change with id "{number}"')
        rows = [("Status", "Spawn", "Ready", "Summary")]
        rows += [(t["status"], when(t["spawn"], absolute), when(t["ready"], absolute), t["summary"]) for t in change["tasks"]]
        return Answer(out=table(rows) + "\n")


def when(at, absolute):
    if at is None:
        return "-"
    if absolute:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    days = int(time.time() // 86400) - int(at // 86400)
    day = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"{day} at {time.strftime('%H:%M', time.gmtime(at))} UTC"
