"""Drives every call of spage.api.SpageAPI with classes that protoc generated, as a program from outside would.

    python every_call.py <host:port> <API key>

Prints what it called, a line of JSON. Ends with 1 at the first answer that is not what docs/spage.md says.
"""

import itertools
import json
import queue
import sys
import threading
import time

import grpc
from google.protobuf.empty_pb2 import Empty
from spage.api import tasks_pb2 as api
from spage.api import tasks_pb2_grpc
from spage.core.common_pb2 import Event, TaskStatus

import documented_daemon

TIMEOUT_S = 20


class Daemon:
    """One stream of events, both ways."""

    def __init__(self, stub, metadata):
        self._said = queue.SimpleQueue()
        self._heard = []
        self.error = None
        self._call = stub.StreamEvents(iter(self._said.get, None), metadata=metadata)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            for event in self._call:
                self._heard.append(event)
        except grpc.RpcError as error:
            self.error = error

    def say(self, type, **data):
        self._said.put(Event(type=type, data=data))

    def hear(self, type, **data):
        def find():
            for event in self._heard:
                if event.type == type and all(event.data[key] == value for key, value in data.items()):
                    self._heard.remove(event)
                    return event
            return None

        return wait_for(find, f"event {type} {data}, of {self._heard} {self.error}")

    def close(self):
        self._said.put(None)


def wait_for(find, what):
    ends_at = time.monotonic() + TIMEOUT_S
    while time.monotonic() < ends_at:
        found = find()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"it took more than {TIMEOUT_S} s: {what}")


def check(holds, what):
    if not holds:
        raise AssertionError(str(what))


def refused(call, code):
    """The error of a call that has to fail with that status."""
    try:
        call()
    except grpc.RpcError as error:
        check(error.code() == code, error)
        check("grpc-status-details-bin" in dict(error.trailing_metadata()), error)
        return error
    raise AssertionError(f"it was not refused with {code}")


class Run:
    def __init__(self, address, key):
        self.address = address
        self.key = key
        self.stub = tasks_pb2_grpc.SpageAPIStub(grpc.insecure_channel(address))
        self.names = (f"python-{number}" for number in itertools.count(1))
        self.metadata = []

    def authenticate(self):
        wrong = self.stub.Authenticate(api.AuthRequest(api_key="bmr_wrong_key"))
        check(not wrong.success and wrong.error.code == "unauthorized", wrong)
        given = self.stub.Authenticate(api.AuthRequest(api_key=self.key))
        check(given.success and given.expires_at > time.time(), given)
        known = self.stub.ValidateToken(api.ValidateTokenRequest(token=given.token))
        check(known.valid and dict(known.permissions) == dict(given.permissions), known)
        unknown = self.stub.ValidateToken(api.ValidateTokenRequest(token="bmt_none"))
        check(not unknown.valid and unknown.error.code == "unauthorized", unknown)
        self.metadata = [("authorization", f"Bearer {given.token}")]

    def look(self):
        check(self.stub.HealthCheck(Empty()).status == "healthy", "health")
        metrics = self.stub.GetMetrics(Empty(), metadata=self.metadata)
        check("boomerang_gateway_grpc_connections" in metrics.gauges, metrics)
        wrong = [("authorization", "Bearer nonsense")]
        refused(lambda: self.stub.GetMetrics(Empty(), metadata=wrong), grpc.StatusCode.UNAUTHENTICATED)

    def submit(self, type="python", **metadata):
        name = next(self.names)
        request = api.SubmitTaskRequest(task_id=name, type=type, payload={"step": "1"}, metadata=metadata)
        answer = self.stub.SubmitTask(request, metadata=self.metadata)
        check(answer.success and answer.task_id == name, answer)
        return name

    def task(self, name):
        answer = self.stub.GetTaskStatus(api.GetTaskStatusRequest(task_id=name), metadata=self.metadata)
        check(not answer.HasField("error"), answer)
        return answer.task

    def until(self, name, status):
        return wait_for(lambda: self.task(name).status == status and self.task(name), f"{name} {status}")

    def cancel(self, name, reason):
        return self.stub.CancelTask(
            api.CancelTaskRequest(task_id=name, reason=reason), metadata=self.metadata
        )

    def manage(self):
        name = self.submit(delay_ms="3600000")
        again = api.SubmitTaskRequest(
            task_id=name, type="python", payload={"step": "1"}, metadata={"delay_ms": "3600000"}
        )
        check(self.stub.SubmitTask(again, metadata=self.metadata).task_id == name, "the same again")
        again.payload["step"] = "2"
        other = self.stub.SubmitTask(again, metadata=self.metadata)
        check(not other.success and other.error.code == "conflict", other)
        page = self.stub.ListTasks(api.ListTasksRequest(status="pending", type="python"), metadata=self.metadata)
        check([task.id for task in page.tasks] == [name] and page.total == 1, page)
        check(self.cancel(name, "not needed").success, "cancel")
        self.until(name, TaskStatus.TASK_STATUS_CANCELED)
        self.manage_many()
        nothing = self.cancel("nobody", "")
        check(not nothing.success and nothing.error.code == "not_found", nothing)

    def manage_many(self):
        tasks = [
            api.SubmitTaskRequest(task_id=f"many-{number}", type="python", metadata={"delay_ms": "3600000"})
            for number in range(100)
        ]
        tasks[7].type = ""
        submitted = self.stub.SubmitTasks(api.SubmitTasksRequest(tasks=tasks), metadata=self.metadata).results
        check([one.success for one in submitted] == [number != 7 for number in range(100)], submitted)
        names = [task.task_id for task in tasks]
        found = self.stub.GetTaskStatuses(api.GetTaskStatusesRequest(task_ids=names), metadata=self.metadata).results
        check([one.task.id for one in found] == [one.task_id for one in submitted], found)
        wanted = [api.CancelTaskRequest(task_id=name) for name in names]
        ended = self.stub.CancelTasks(api.CancelTasksRequest(tasks=wanted), metadata=self.metadata).results
        check([one.success for one in ended] == [one.success for one in submitted], ended)
        check(ended[7].error.code == "not_found", ended[7])

    def execute(self):
        watcher = Daemon(self.stub, self.metadata)
        watcher.say("subscribe", types="task.completed,task.retrying")
        watcher.say("ping", at_ms="1")
        watcher.hear("pong")
        daemon = Daemon(self.stub, self.metadata)
        daemon.say("daemon.hello", daemon_id="p", instance_id="1", version="1.1", types="python", slots="2")
        name = self.submit(retry_interval_ms="100")
        first = daemon.hear("task.assigned", task_id=name)
        check(first.data["payload.step"] == "1" and first.data["attempt"] == "1", first)
        daemon.say("task.accepted", token=first.data["token"])
        daemon.say("task.failed", token=first.data["token"], exit_code="3", error="it broke")
        second = daemon.hear("task.assigned", task_id=name, attempt="2")
        token = second.data["token"]
        daemon.say("task.accepted", token=token)
        daemon.say("task.heartbeat", token=token)
        daemon.say("task.progress", token=token, progress="50", message="half")
        wait_for(lambda: self.task(name).progress == 50, "progress")
        daemon.say("task.output", token=token, sequence="0", offset="0", chunk="hello")
        daemon.say("task.completed", token=token, exit_code="0", duration="0.1", **{"result.hosts": "3"})
        check(self.until(name, TaskStatus.TASK_STATUS_COMPLETED).result["hosts"] == "3", "result")
        output = self.stub.GetTaskOutput(api.GetTaskOutputRequest(task_id=name), metadata=self.metadata)
        check([piece.chunk for piece in output.pieces] == ["hello"] and output.attempt == 2, output)
        watcher.hear("task.retrying")
        watcher.hear("task.completed")
        self.end_on_request(daemon)
        watcher.close()
        daemon.close()

    def end_on_request(self, daemon):
        name = self.submit()
        token = daemon.hear("task.assigned", task_id=name).data["token"]
        daemon.say("task.accepted", token=token)
        self.until(name, TaskStatus.TASK_STATUS_RUNNING)
        check(self.cancel(name, "enough").success, "cancel")
        check(daemon.hear("task.cancel", token=token).data["reason"] == "enough", "reason")
        daemon.say("task.failed", token=token, exit_code="-1")
        self.until(name, TaskStatus.TASK_STATUS_CANCELED)

    def documented(self):
        names = {self.submit(type="playbook") for _ in range(3)}
        executed = set()

        def execute(data):
            executed.add(data["task_id"])
            return "done\n"

        serving = (self.address, self.key, execute)
        threading.Thread(target=documented_daemon.serve, args=serving, daemon=True).start()
        for name in names:
            self.until(name, TaskStatus.TASK_STATUS_COMPLETED)
        check(executed == names, executed)


def main(address, key):
    run = Run(address, key)
    called = []
    for step in (run.authenticate, run.look, run.manage, run.execute, run.documented):
        step()
        called.append(step.__name__)
    print(json.dumps(called))


if __name__ == "__main__":
    main(*sys.argv[1:])
