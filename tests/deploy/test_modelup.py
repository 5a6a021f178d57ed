"""deploy/modelup.sh, run for real against a recording `docker`: what it asks of Docker and what it tells a person."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="deploy/modelup.sh is a bash script; Windows has WSL")

SCRIPT = Path(__file__).parents[2] / "deploy" / "modelup.sh"
FAKE = Path(__file__).with_name("fake_docker.py")
MODEL = "mistralai/Mistral-7B-Instruct-v0.3"
NAME = "Mistral-7B-Instruct-v0.3"
TOKEN = "hf_only_for_this_test"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ModelHost:
    """A machine with the script, bash, three other tools (no curl), and the recording docker."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.script = home / "checkout" / "deploy" / "modelup.sh"
        self.dotenv = home / "checkout" / ".env"
        self.script.parent.mkdir(parents=True)
        shutil.copy(SCRIPT, self.script)
        tools = home / "bin"
        tools.mkdir()
        for tool in ("bash", "cat", "dirname", "sleep"):
            (tools / tool).symlink_to(shutil.which(tool) or f"/bin/{tool}")
        self.docker = tools / "docker"
        # Imported, not run, so that it is compiled once.
        call = f"import sys; sys.path.insert(0, '{FAKE.parent}'); import fake_docker; sys.exit(fake_docker.main())"
        self.docker.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S -c "{call}" "$@"\n')
        self.docker.chmod(0o755)
        self.environment = {
            "PATH": str(tools),
            "FAKE_DOCKER_DIR": str(home),
            "HF_TOKEN": TOKEN,
            "PORT": str(self.port),
            "WAIT_S": "30",
        }
        self.scenario()

    def scenario(self, **what: object) -> None:
        """What Docker does from now on; the keys stand in fake_docker.py."""
        (self.home / "scenario.json").write_text(json.dumps(what))

    def modelup(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs the script as a person does."""
        settings = self.environment | environment
        return subprocess.run([self.script, *words], env=settings, capture_output=True, text=True, timeout=30)

    def begin_modelup(self, **environment: str) -> "subprocess.Popen[bytes]":
        """The same, without waiting for its end."""
        settings = self.environment | environment
        return subprocess.Popen([self.script], env=settings, stdout=subprocess.PIPE, start_new_session=True)

    def calls(self, *verb: str) -> list[dict]:
        """The calls of docker that begin with these words."""
        path = self.home / "calls.jsonl"
        calls = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [call for call in calls if call["argv"][: len(verb)] == list(verb)]

    @property
    def container(self) -> dict | None:
        """The container as Docker has it, or None."""
        path = self.home / "container.json"
        return json.loads(path.read_text()) if path.exists() else None

    def change_container(self, **what: object) -> None:
        """Something happened to the container while nobody looked."""
        (self.home / "container.json").write_text(json.dumps((self.container or {}) | what))

    def clean_up(self) -> None:
        """Ends the model server, if a test left one."""
        if self.container and self.container["pid"]:
            os.kill(self.container["pid"], signal.SIGTERM)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ModelHost]:
    """A machine of its own for each test."""
    host = ModelHost(tmp_path)
    yield host
    host.clean_up()


def assert_fails(result: subprocess.CompletedProcess[str], code: int, *said: str) -> None:
    """It ended with this code, and its last words, one line, hold all of these."""
    assert result.returncode == code, result.stdout + result.stderr
    sentence = result.stderr.rstrip("\n").splitlines()[-1]
    assert sentence.startswith("modelup: ")
    for words in said:
        assert words in sentence


def test_up_starts_the_model_and_says_what_to_put_into_dotenv(host: ModelHost) -> None:
    result = host.modelup()
    assert result.returncode == 0, result.stderr
    assert f"{NAME} answers at http://127.0.0.1:{host.port}/v1." in result.stdout
    assert f"\nLLM_BASE_URL=http://127.0.0.1:{host.port}/v1\nLLM_MODEL={NAME}\n" in result.stdout
    assert "\nLLM_BASE_URL=http://roundtable-model:8000/v1\n" in result.stdout
    assert result.stderr == ""


def test_docker_is_asked_for_a_server_on_loopback_with_the_gpus(host: ModelHost) -> None:
    host.modelup()
    assert host.container
    run = host.container["run"]
    flags = run["flags"]
    assert flags["--publish"] == [f"127.0.0.1:{host.port}:8000"]
    assert flags["--gpus"] == ["all"]
    assert flags["--ipc"] == ["host"]
    assert flags["--name"] == ["roundtable-model"]
    assert flags["--volume"] == [
        "roundtable-hf-cache:/root/.cache/huggingface",
        "roundtable-vllm-cache:/root/.cache/vllm",
    ]
    assert flags["--log-opt"] == ["max-size=10m", "max-file=5"]
    assert run["image"].startswith("vllm/vllm-openai:v")
    assert run["command"] == ["--model", MODEL, "--served-model-name", NAME, "--max-model-len", "8192"]


def test_settings_and_vllm_options_reach_docker(host: ModelHost) -> None:
    settings = {"MODEL": "a/b", "SERVED_MODEL_NAME": "bee", "MAX_MODEL_LEN": "4096", "VLLM_IMAGE": "mine:v1"}
    result = host.modelup("up", "--quantization", "fp8", HF_CACHE="/weights", VLLM_CACHE="/compiled", **settings)
    assert "LLM_MODEL=bee" in result.stdout
    assert host.container
    run = host.container["run"]
    assert run["image"] == "mine:v1"
    assert run["flags"]["--volume"] == ["/weights:/root/.cache/huggingface", "/compiled:/root/.cache/vllm"]
    wanted = "--model a/b --served-model-name bee --max-model-len 4096 --quantization fp8"
    assert run["command"] == wanted.split()


def test_the_token_is_handed_on_by_name_alone(host: ModelHost) -> None:
    result = host.modelup()
    (run,) = host.calls("run")
    assert run["HF_TOKEN"] == TOKEN
    assert "--env HF_TOKEN" in " ".join(run["argv"])
    assert all(TOKEN not in word for call in host.calls() for word in call["argv"])
    assert TOKEN not in result.stdout + result.stderr


@pytest.mark.parametrize(
    "line",
    [
        f"HF_TOKEN={TOKEN}",
        f"HF_TOKEN={TOKEN}   # read only",
        f'HF_TOKEN="{TOKEN}" # read only',
        f"export HF_TOKEN='{TOKEN}'",
        f" HF_TOKEN = {TOKEN}\r",
    ],
)
def test_the_token_is_read_from_dotenv(host: ModelHost, line: str) -> None:
    host.dotenv.write_bytes(f"# HF_TOKEN=no\nDISCORD_TOKEN=$(touch {host.home}/executed)\n{line}".encode())
    host.scenario(image=False)
    host.modelup(HF_TOKEN="")
    assert host.calls("pull")[0]["HF_TOKEN"] == TOKEN
    assert not (host.home / "executed").exists()


def test_the_environment_wins_over_dotenv(host: ModelHost) -> None:
    host.dotenv.write_text("HF_TOKEN=another\n")
    host.scenario(image=False)
    host.modelup()
    assert host.calls("pull")[0]["HF_TOKEN"] == TOKEN


def test_a_model_that_wants_no_token_goes_without(host: ModelHost) -> None:
    host.dotenv.write_text("HF_TOKEN=\n")
    result = host.modelup(HF_TOKEN="", MODEL="Qwen/Qwen3-0.6B")
    assert result.returncode == 0, result.stdout + result.stderr
    assert host.container
    assert "--env" not in host.container["run"]["flags"]


@pytest.mark.parametrize("last_words", ["OSError: a gated repo.\n401 Client Error.", "Client error '403 Forbidden'"])
def test_a_token_is_asked_for_where_hugging_face_wants_one(host: ModelHost, last_words: str) -> None:
    host.scenario(dies=last_words)
    result = host.modelup(HF_TOKEN="")
    assert_fails(result, 5, f"wants HF_TOKEN for {MODEL}", f"https://huggingface.co/{MODEL}", str(host.dotenv))


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_folder_is_mounted_and_needs_no_token(host: ModelHost, slash: str) -> None:
    folder = host.home / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "config.json").touch()
    result = host.modelup(MODEL=f"{folder}{slash}")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"started {folder} as roundtable-model.\n" in result.stdout
    assert "LLM_MODEL=mine\n" in result.stdout
    assert host.container
    run = host.container["run"]
    assert f"{folder}:/model:ro" in run["flags"]["--volume"]
    assert run["flags"]["--env"] == ["HF_HUB_OFFLINE=1"]
    assert run["command"][:4] == ["--model", "/model", "--served-model-name", "mine"]


def test_a_folder_without_a_model(host: ModelHost) -> None:
    assert_fails(host.modelup(MODEL="/no/such"), 2, "MODEL is '/no/such'", "no such folder")
    assert_fails(host.modelup(MODEL=str(host.home)), 2, f"MODEL is '{host.home}'", "no config.json", 'profile "local"')
    assert host.calls("run") == []


def test_no_docker(host: ModelHost) -> None:
    host.docker.unlink()
    assert_fails(host.modelup(), 3, "docker is not installed", "install Docker Engine")


def test_no_daemon(host: ModelHost) -> None:
    said = "failed to connect to the docker API at unix:///var/run/docker.sock"
    host.scenario(daemon=said)
    assert_fails(host.modelup(), 4, "does not answer", "sudo systemctl start docker", said)


def test_no_permission(host: ModelHost) -> None:
    host.scenario(daemon="permission denied while trying to connect to the docker API at unix:///var/run/docker.sock")
    assert_fails(host.modelup(), 4, "may not talk to the Docker daemon", "usermod -aG docker")


def test_port_taken(host: ModelHost) -> None:
    host.scenario(holder="somebody")
    with socket.socket() as other:
        other.bind(("127.0.0.1", host.port))
        other.listen()
        result = host.modelup()
    assert_fails(result, 6, f"Port {host.port}", "by the container somebody", "PORT=")
    assert f"PORT={host.port} " not in result.stderr
    assert host.calls("run") == []


def test_port_taken_where_only_docker_sees_it(host: ModelHost) -> None:
    host.scenario(run="docker: Error response from daemon: Bind for 127.0.0.1 failed: port is already allocated")
    assert_fails(host.modelup(), 6, f"Port {host.port}", "PORT=")
    assert host.container is None, "the container that could not start was left behind"


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ('could not select device driver "" with capabilities: [[gpu]]', "NVIDIA Container Toolkit"),
        ("failed to discover GPU vendor from CDI: no known GPU vendor found", "NVIDIA Container Toolkit"),
        ("nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.9", "driver is too old"),
    ],
)
def test_no_gpu(host: ModelHost, said: str, advice: str) -> None:
    host.scenario(run=f"WARNING: something\ndocker: Error response from daemon: {said}\n\nRun 'docker run --help'")
    assert_fails(host.modelup(), 7, advice, said)
    assert host.container is None


def test_an_unknown_refusal_is_quoted(host: ModelHost) -> None:
    host.scenario(run="docker: Error response from daemon: the moon is in the wrong house")
    assert_fails(host.modelup(), 1, "the moon is in the wrong house")


def test_image_that_cannot_be_pulled(host: ModelHost) -> None:
    host.scenario(image=False)
    assert_fails(host.modelup(VLLM_IMAGE="vllm/vllm-openai:v0.0.0"), 12, "v0.0.0 could not be pulled", "VLLM_IMAGE")
    assert host.calls("run") == []


@pytest.mark.parametrize(
    ("last_words", "code", "advice"),
    [
        ("OSError: You are trying to access a gated repo.\n403 Client Error.", 8, f"https://huggingface.co/{MODEL}"),
        ("Client error '401 Unauthorized' for url", 8, "accept its terms"),
        ("RepositoryNotFoundError: 404 Client Error.", 8, f"no model {MODEL}"),
        ("Error 803: system has unsupported display driver / cuda driver combination", 7, "driver is too old"),
        ("torch.OutOfMemoryError: CUDA out of memory.", 9, "MAX_MODEL_LEN (now 8192)"),
        ("ValueError: No available memory for the cache blocks.", 9, "nvidia-smi"),
        ("vllm: error: unrecognized arguments: --moon", 10, "modelup.sh logs"),
    ],
)
def test_a_server_that_dies_is_explained(host: ModelHost, last_words: str, code: int, advice: str) -> None:
    host.scenario(dies=f"an early line\n{last_words}\nthe token is {TOKEN}\n")
    result = host.modelup()
    assert_fails(result, code, advice)
    assert f"  | {last_words.splitlines()[-1]}\n" in result.stderr
    assert TOKEN not in result.stdout + result.stderr


def test_waiting_tells_how_far_it_is_and_gives_up_in_the_end(host: ModelHost) -> None:
    host.scenario(ready_s=60, weighs=4321)
    result = host.modelup(WAIT_S="1", PROGRESS_S="1")
    assert " s: loading ... 4321 MB of weights on disk; INFO loading weights\n" in result.stdout
    assert_fails(result, 11, "was not ready after", "goes on loading", "WAIT_S=2")
    assert_fails(host.modelup("status"), 1, "does not answer yet", "logs -f")


def read_until(script: "subprocess.Popen[bytes]", told: str) -> None:
    """Wait until a script has said something."""
    assert script.stdout
    while told not in (line := script.stdout.readline().decode()):
        assert line, f"it ended without saying {told!r}"


def test_ctrl_c_leaves_it_loading_and_up_waits_on(host: ModelHost) -> None:
    host.scenario(ready_s=3600)
    script = host.begin_modelup(PROGRESS_S="1")
    read_until(script, "loading ...")
    os.killpg(script.pid, signal.SIGINT)
    rest = script.communicate(timeout=20)[0].decode()
    assert script.returncode == 130
    assert "goes on loading without you; ask with: deploy/modelup.sh status" in rest
    again = host.begin_modelup()
    read_until(again, f"{NAME} is loading already; waiting for it.\n")
    (host.home / "ready").touch()
    assert f"{NAME} answers at" in again.communicate(timeout=30)[0].decode()
    assert again.returncode == 0
    assert len(host.calls("run")) == 1


def test_a_server_with_another_model_is_no_success(host: ModelHost) -> None:
    host.scenario(serves="Qwen3-0.6B")
    assert_fails(host.modelup(), 1, f"does not name {NAME}", "VLLM_IMAGE")


def test_up_twice_does_nothing_the_second_time(host: ModelHost) -> None:
    host.modelup()
    before = host.container
    result = host.modelup(HF_TOKEN="")
    assert result.returncode == 0
    assert f"already runs at http://127.0.0.1:{host.port}/v1; nothing to do." in result.stdout
    assert f"LLM_MODEL={NAME}" in result.stdout
    assert host.container == before


def test_other_settings_replace_the_container(host: ModelHost) -> None:
    host.modelup()
    result = host.modelup(MAX_MODEL_LEN="2048")
    assert result.returncode == 0, result.stderr
    assert "started with other settings; replacing it" in result.stdout
    assert host.container
    assert host.container["run"]["command"][-1] == "2048"


@pytest.mark.parametrize("state", [{"running": False}, {"running": True, "restarting": True}])
def test_a_stopped_or_crashing_container_is_replaced(host: ModelHost, state: dict) -> None:
    host.scenario(dies="boom")
    assert host.modelup().returncode == 10
    host.change_container(**state)
    host.scenario()
    result = host.modelup()
    assert result.returncode == 0, result.stderr
    assert "replacing the stopped roundtable-model" in result.stdout


def test_only_a_model_that_worked_comes_back_after_a_reboot(host: ModelHost) -> None:
    host.scenario(dies="boom")
    host.modelup()
    assert host.calls("update") == []
    host.scenario()
    host.modelup()
    assert host.calls("update")[0]["argv"] == ["update", "--restart", "unless-stopped", "roundtable-model"]
    assert all("--restart" not in call["argv"] for call in host.calls("run"))


def test_down_and_status_and_logs(host: ModelHost) -> None:
    assert_fails(host.modelup("status"), 1, "roundtable-model is absent: start it with deploy/modelup.sh")
    assert_fails(host.modelup("logs"), 1, "There is no container roundtable-model")
    host.modelup()
    result = host.modelup("status", PORT="1")
    assert (result.returncode, result.stdout) == (0, f"modelup: {NAME} answers at http://127.0.0.1:{host.port}/v1.\n")
    assert "INFO loading weights" in host.modelup("logs").stderr
    assert "stopped and removed" in host.modelup("down").stdout
    assert host.container is None
    again = host.modelup("down")
    assert (again.returncode, again.stdout.split(";")[-1]) == (0, " nothing to do.\n")


def test_stop_keeps_the_container_and_start_brings_it_back(host: ModelHost) -> None:
    assert host.modelup("stop").stdout.endswith("; nothing to do.\n")
    assert_fails(host.modelup("start"), 1, "There is no container roundtable-model", "modelup.sh up")
    host.modelup("up", "--quantization", "fp8", MAX_MODEL_LEN="2048")
    assert "stopped roundtable-model and kept it" in host.modelup("stop").stdout
    assert_fails(host.modelup("status"), 1, "is stopped", "modelup.sh start")
    result = host.modelup("start", PORT="1", HF_TOKEN="")
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"started {MODEL} again" in result.stdout
    assert f"LLM_BASE_URL=http://127.0.0.1:{host.port}/v1" in result.stdout
    assert len(host.calls("run")) == 1
    assert host.modelup("status").returncode == 0
    assert host.modelup("start").returncode == 0
    assert len(host.calls("start")) == 1


def test_a_container_that_can_t_start_again_is_quoted(host: ModelHost) -> None:
    host.modelup()
    host.modelup("stop")
    host.scenario(start="the moon is in the wrong house")
    assert_fails(host.modelup("start"), 1, "modelup.sh up", "the moon is in the wrong house")


@pytest.mark.parametrize(
    ("words", "setting", "said"),
    [
        (["upp"], {}, "'upp' is none of up, stop, start, down, logs, status"),
        (["down", "now"], {}, "'down' takes nothing after it"),
        ([], {"PORT": "eighty"}, "PORT is 'eighty'"),
        ([], {"PORT": "70000"}, "from 1 to 65535"),
        ([], {"MAX_MODEL_LEN": "0"}, "MAX_MODEL_LEN is '0'"),
    ],
)
def test_bad_usage(host: ModelHost, words: list[str], setting: dict[str, str], said: str) -> None:
    assert_fails(host.modelup(*words, **setting), 2, said)
    assert host.calls("run") == []


def test_help_names_every_setting_and_exit_code(host: ModelHost) -> None:
    result = host.modelup("--help")
    assert result.returncode == 0
    text = SCRIPT.read_text(encoding="utf-8")
    for line in text.splitlines():
        name, colon, default = line.partition("=${")[0], ":-" in line, line.partition(":-")[2].rstrip("}")
        if colon and name.isupper() and " " not in name and "##" not in default:
            assert any(f"  {name} " in told and default in told for told in result.stdout.splitlines()), name
    for code in range(13):
        assert f" {code}  " in result.stdout or f" {code} " in result.stdout
