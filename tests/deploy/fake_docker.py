"""A `docker` for tests of deploy/modelup.sh: it records each call and runs nothing but a tiny model server.

In the folder named by FAKE_DOCKER_DIR it keeps `calls.jsonl` (argv and HF_TOKEN of each call) and `container.json` (the
one container it knows), and reads `scenario.json`, all of whose keys are optional:

daemon    what the client says when there is no daemon to talk to
image     false: the image is not on this machine, and no pull succeeds
run       what `docker run` says when it refuses (exit code 125)
dies      what the container writes before it ends, at once
holder    the container that publishes the wanted port
ready_s   seconds until /v1/models answers; a file `ready` in the folder has it answer at once
serves    the model the server names, whatever it was asked to
weighs    how many megabytes of weights there are in the container
start     what `docker start` says when it refuses
"""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

HERE = Path(os.environ.get("FAKE_DOCKER_DIR", "."))
CONTAINER = HERE / "container.json"
FLAGS_WITH_VALUE = {
    *("--name", "--gpus", "--ipc", "--env", "--label", "--volume", "--publish", "--restart", "--log-opt"),
}


def answer(text: str) -> int:
    """Writes it to standard output; returns the exit code of success."""
    sys.stdout.write(f"{text}\n")
    return 0


def refuse(code: int, sentence: str) -> int:
    """Writes it to standard error, as the client does; returns the exit code."""
    sys.stderr.write(f"{sentence}\n")
    return code


def serve(port: int, model: str, ready_s: float) -> None:
    """A stand-in for vLLM: 503 until it is ready, then its one model."""
    import http.server  # here, for it takes longer to load than most calls take

    ready = time.monotonic() + ready_s

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_ready = time.monotonic() >= ready or (HERE / "ready").exists()
            up = is_ready and self.path == "/v1/models"
            body = json.dumps({"object": "list", "data": [{"id": model, "object": "model"}] if up else []}).encode()
            self.send_response(200 if up else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", port), Handler)
    os.close(1)  # tells who started this that the port is open
    server.serve_forever()


def parse_run(args: list[str]) -> tuple[dict[str, list[str]], str, list[str]]:
    """`docker run`'s arguments as (flags, image, what goes to the container); ValueError for a flag it lacks."""
    flags: dict[str, list[str]] = {}
    while args and args[0].startswith("-"):
        name, equals, value = args.pop(0).partition("=")
        if name == "--detach":
            continue
        if name not in FLAGS_WITH_VALUE:
            raise ValueError(f"unknown flag: {name}")
        flags.setdefault(name, []).append(value if equals else args.pop(0))
    return flags, args[0], args[1:]


def run(args: list[str], scenario: dict) -> int:
    """Starts the one container, or refuses as the scenario says."""
    try:
        flags, image, command = parse_run(args)
    except ValueError as error:
        return refuse(125, str(error))
    if CONTAINER.exists():
        return refuse(125, "docker: Error response from daemon: Conflict. The container name is already in use.")
    state = {"running": False, "restarting": False, "pid": 0, "logs": scenario.get("dies", "INFO loading weights\n")}
    state["labels"] = dict(label.split("=", 1) for label in flags.get("--label", []))
    state["run"] = {"flags": flags, "image": image, "command": command}
    if "run" not in scenario and "dies" not in scenario:
        begin(state, scenario)
    CONTAINER.write_text(json.dumps(state))
    return refuse(125, scenario["run"]) if "run" in scenario else 0


def begin(state: dict, scenario: dict) -> None:
    """Starts the container's server, and waits until its port is open."""
    import subprocess

    flags, command = state["run"]["flags"], state["run"]["command"]
    model = scenario.get("serves") or command[command.index("--served-model-name") + 1]
    port = flags["--publish"][0].split(":")[1]
    server = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, "--serve", port, model, str(scenario.get("ready_s", 0))],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert server.stdout
    server.stdout.read()
    state.update(running=True, pid=server.pid)


def end(state: dict) -> None:
    """Ends the container's server."""
    if state["pid"]:
        os.kill(state["pid"], signal.SIGTERM)
    state.update(running=False, pid=0)


def on_container(verb: str, args: list[str], scenario: dict) -> int:
    """inspect, logs, update, exec, start, stop and rm of the one container."""
    if not CONTAINER.exists():
        return refuse(1, f"Error response from daemon: No such container: {args[-1]}")
    state = json.loads(CONTAINER.read_text())
    if verb == "inspect":
        text = args[args.index("-f") + 1] if "-f" in args else "[{}]"
        text = text.replace("{{.State.Running}}", str(state["running"]).lower())
        text = text.replace("{{.State.Restarting}}", str(state["restarting"]).lower())
        answer(re.sub(r'{{index \.Config\.Labels "([^"]+)"}}', lambda found: state["labels"].get(found[1], ""), text))
    elif verb == "logs":
        lines = state["logs"].splitlines()[-int(args[args.index("--tail") + 1]) :]
        sys.stderr.write("\n".join(lines) + "\n")
    elif verb == "exec":
        return answer(f"{scenario['weighs']}\t{args[-1]}") if "weighs" in scenario else refuse(1, "no such folder")
    elif verb == "start":
        if "start" in scenario:
            return refuse(1, f"Error response from daemon: {scenario['start']}")
        begin(state, scenario)
        CONTAINER.write_text(json.dumps(state))
    elif verb in ("stop", "rm"):
        end(state)
        CONTAINER.write_text(json.dumps(state))
        if verb == "rm":
            CONTAINER.unlink()
    return 0


def main() -> int:
    """One call of the client, as its arguments say; returns its exit code."""
    args = sys.argv[1:]
    with (HERE / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps({"argv": args, "HF_TOKEN": os.environ.get("HF_TOKEN")}) + "\n")
    scenario = json.loads((HERE / "scenario.json").read_text())
    if "daemon" in scenario:
        return refuse(1, scenario["daemon"])
    match args:
        case ["version", *_]:
            return answer("29.1.0")
        case ["image", "inspect", *_]:
            return 0 if scenario.get("image", True) else refuse(1, "Error: No such image")
        case ["pull", image]:
            return refuse(1, f"Error response from daemon: manifest for {image} not found")
        case ["ps", *_]:
            return answer(scenario.get("holder", ""))
        case ["run", *rest]:
            return run(rest, scenario)
        case ["inspect", *rest]:
            return on_container("inspect", rest, scenario)
        case [("logs" | "update" | "exec" | "start" | "stop" | "rm") as verb, *rest]:
            return on_container(verb, rest, scenario)
        case _:
            return refuse(125, f"fake docker: no such command: {args}")


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(int(sys.argv[2]), sys.argv[3], float(sys.argv[4]))
    sys.exit(main())
