#!/usr/bin/env bash
# Starts a language model for Roundtable on this machine's GPU: vLLM's OpenAI-compatible server in Docker.
set -euo pipefail

MODEL=${MODEL:-mistralai/Mistral-7B-Instruct-v0.3}
[[ $MODEL != */ ]] || MODEL=${MODEL%/}
SERVED_MODEL_NAME=${SERVED_MODEL_NAME:-${MODEL##*/}}
PORT=${PORT:-8000}
# Mistral 7B takes 15 GB of GPU memory as it is, and each 8,192 tokens of context 1 GB more.
MAX_MODEL_LEN=${MAX_MODEL_LEN:-8192}
VLLM_IMAGE=${VLLM_IMAGE:-vllm/vllm-openai:v0.31.0}
HF_CACHE=${HF_CACHE:-roundtable-hf-cache}
VLLM_CACHE=${VLLM_CACHE:-roundtable-vllm-cache}
WAIT_S=${WAIT_S:-1800}
PROGRESS_S=${PROGRESS_S:-10}

CONTAINER=roundtable-model
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
URL=http://127.0.0.1:$PORT/v1

OTHER=1 USAGE=2 NO_DOCKER=3 NO_DAEMON=4 NO_TOKEN=5 PORT_TAKEN=6 NO_GPU=7 REFUSED=8 NO_MEMORY=9 DIED=10 TIMEOUT=11
NO_IMAGE=12

help() {
  cat <<HELP
usage: deploy/modelup.sh [up [vLLM's own options]] | stop | start | down | logs [-f] | status | --help

  up      start the model and wait until it answers (the default); does nothing if it runs already as asked,
          and replaces a container that is stopped or was started otherwise
  stop    free the GPU and keep the container as it was set up
  start   start it again so, and wait until it answers
  down    stop it and remove its container; the downloaded weights stay
  logs    show what the server last wrote
  status  say whether it runs and answers; exit code 0 if it does, 1 if not

Settings, from the environment:
  MODEL              mistralai/Mistral-7B-Instruct-v0.3; another of Hugging Face's, or a folder with one (/models/mine)
  HF_TOKEN           your Hugging Face token, for models that want one; also read from .env at the top of the repository
  SERVED_MODEL_NAME  the name the bot asks for (LLM_MODEL); by default MODEL without its owner or folder
  PORT               8000, published on 127.0.0.1 only
  MAX_MODEL_LEN      8192, the context window in tokens
  VLLM_IMAGE         vllm/vllm-openai:v0.31.0, which needs NVIDIA's driver 580 or newer; v0.31.0-cu129 goes with less
  HF_CACHE           roundtable-hf-cache, a Docker volume or a folder's full path: where the weights are kept
  VLLM_CACHE         roundtable-vllm-cache, the same for what vLLM compiles for this GPU
  WAIT_S             1800, how many seconds to wait for the model
  PROGRESS_S         10, seconds between two lines of progress

Exit codes:
   0  the model answers            7  Docker has no access to an NVIDIA GPU
   1  anything else                8  Hugging Face refused the model, or has none of that name
   2  usage, or a bad setting      9  not enough GPU memory
   3  docker is not installed     10  the server ended for another reason
   4  no Docker daemon to talk to 11  the model was not ready in time
   5  the model wants HF_TOKEN    12  the image could not be pulled
   6  the port is taken
HELP
}

say() { printf 'modelup: %s\n' "$*"; }
fail() { # CODE SENTENCE...
  local code=$1
  shift
  printf 'modelup: %s\n' "$*" >&2
  exit "$code"
}

whole_number() { # NAME VALUE LOWEST HIGHEST
  if [[ ! $2 =~ ^[1-9][0-9]{0,6}$ ]] || (($2 < $3 || $2 > $4)); then
    fail $USAGE "$1 is '$2', but must be a whole number from $3 to $4: set $1 to one, or unset it."
  fi
}

check_docker() {
  local answer
  command -v docker >/dev/null ||
    fail $NO_DOCKER "docker is not installed, or not on PATH:" \
      "install Docker Engine (https://docs.docker.com/engine/install/) and run this again."
  answer=$(docker version --format '{{.Server.Version}}' 2>&1) && return
  case $answer in
    *"permission denied"*)
      fail $NO_DAEMON "You may not talk to the Docker daemon: add yourself to its group" \
        "(sudo usermod -aG docker \"\$USER\"), log in again, and run this again."
      ;;
    *)
      fail $NO_DAEMON "The Docker daemon does not answer: start it (sudo systemctl start docker, or Docker Desktop)" \
        "and run this again. Docker said: ${answer##*$'\n'}"
      ;;
  esac
}

# HF_TOKEN from the environment or, failing that, from .env, which is read, never executed. It is exported and handed
# on by name alone, so it stands on no command line and in no process list.
find_token() {
  local line value
  if [[ -z ${HF_TOKEN:-} && -r $ROOT/.env ]]; then
    while IFS= read -r line || [[ -n $line ]]; do
      line=${line%$'\r'}
      [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?HF_TOKEN[[:space:]]*=[[:space:]]*(.*)$ ]] || continue
      value=${BASH_REMATCH[2]}
      case $value in
        \"*\"*) value=${value#\"} HF_TOKEN=${value%%\"*} ;;
        \'*\'*) value=${value#\'} HF_TOKEN=${value%%\'*} ;;
        *) value=${value%%#*} HF_TOKEN=${value%%[[:space:]]*} ;;
      esac
    done <"$ROOT/.env"
  fi
  [[ -z ${HF_TOKEN:-} ]] || export HF_TOKEN
}

is_folder() { [[ $MODEL == /* || $MODEL == ./* || $MODEL == ../* ]]; }
check_folder() {
  [[ -d $MODEL ]] || fail $USAGE "MODEL is '$MODEL', but there is no such folder: correct the path."
  [[ -f $MODEL/config.json ]] ||
    fail $USAGE "MODEL is '$MODEL', but there is no config.json in that folder: name the one that holds a model in" \
      "Hugging Face's format. (A GGUF file is for llama.cpp: the profile \"local\" of deploy/compose.yaml.)"
  MODEL=$(cd "$MODEL" && pwd)
}

# The container is running, stopped (or dying and restarting in turns), or absent.
state() {
  local is
  is=$(docker inspect -f '{{.State.Running}} {{.State.Restarting}}' "$CONTAINER" 2>/dev/null) || is=absent
  case $is in
    absent | '') is=absent ;;
    'true false' | true) is=running ;;
    *) is=stopped ;;
  esac
  printf '%s' "$is"
}
label() { docker inspect -f "{{index .Config.Labels \"roundtable.$1\"}}" "$CONTAINER" 2>/dev/null || :; }

last_lines() { # N: what the server last wrote, both streams, without the token
  local text
  text=$(docker logs --tail "$1" "$CONTAINER" 2>&1) || :
  [[ -z ${HF_TOKEN:-} ]] || text=${text//"$HF_TOKEN"/[HF_TOKEN]}
  printf '%s\n' "$text"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Asks bash itself, not curl: nothing to install, and no proxy setting sends a question about this machine elsewhere.
ask_models() { # prints the answer of /v1/models, or nothing
  local answer=
  {
    exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 0
    printf 'GET /v1/models HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$PORT" >&3 || return 0
    IFS= read -r -d '' -t 5 answer <&3 || : # ends at the end of the answer
    exec 3>&-
  } 2>/dev/null
  [[ $answer =~ ^HTTP/1\.[01]\ 200 ]] && printf '%s' "$answer"
  return 0
}
names_model() { # ANSWER
  local id='"id"[[:space:]]*:[[:space:]]*'
  [[ $1 =~ $id\""$SERVED_MODEL_NAME"\" ]]
}

port_taken() {
  local holder next=$((PORT + 1))
  holder=$(docker ps --filter "publish=$PORT" --format '{{.Names}}' 2>/dev/null) || :
  while ((next < 65535)) && listening "$next"; do next=$((next + 1)); done
  fail $PORT_TAKEN "Port $PORT on 127.0.0.1 is taken${holder:+ by the container ${holder%%$'\n'*}}:" \
    "stop what uses it, or choose another port: PORT=$next deploy/modelup.sh"
}

get_image() {
  docker image inspect "$VLLM_IMAGE" >/dev/null 2>&1 && return
  say "pulling $VLLM_IMAGE (about 10 GB, once)"
  docker pull "$VLLM_IMAGE" ||
    fail $NO_IMAGE "The image $VLLM_IMAGE could not be pulled: check the network and the disk's free space," \
      "and that VLLM_IMAGE names a published tag."
}

run_container() { # SETTINGS [vLLM's own options]
  local settings=$1 error model=$MODEL
  local -a weights=(--volume "$HF_CACHE:/root/.cache/huggingface")
  shift
  if is_folder; then
    model=/model
    weights=(--volume "$MODEL:/model:ro" --env HF_HUB_OFFLINE=1)
  elif [[ -n ${HF_TOKEN:-} ]]; then
    weights+=(--env HF_TOKEN)
  fi
  # Everything after the image goes to vLLM. Its entrypoint is 'vllm serve' in newer images and the API server's
  # module in older ones; both take --model, so no word of the entrypoint is repeated here.
  error=$(
    docker run --detach --name "$CONTAINER" --gpus all --ipc=host "${weights[@]}" \
      --label "roundtable.settings=$settings" --label "roundtable.source=$MODEL" \
      --label "roundtable.port=$PORT" --label "roundtable.model=$SERVED_MODEL_NAME" \
      --log-opt max-size=10m --log-opt max-file=5 \
      --volume "$VLLM_CACHE:/root/.cache/vllm" --publish "127.0.0.1:$PORT:8000" "$VLLM_IMAGE" \
      --model "$model" --served-model-name "$SERVED_MODEL_NAME" --max-model-len "$MAX_MODEL_LEN" "$@" 2>&1 >/dev/null
  ) && return
  docker rm --force "$CONTAINER" >/dev/null 2>&1 || : # docker keeps a container that it could not start
  error=${error##*docker: } error=${error%%$'\n'*} # the error alone, without warnings and hints around it
  case $error in
    *"port is already allocated"* | *"address already in use"*) port_taken ;;
    *"unsatisfied condition: cuda"*)
      fail $NO_GPU "The NVIDIA driver is too old for $VLLM_IMAGE: update it, or set VLLM_IMAGE to an older tag." \
        "Docker said: $error"
      ;;
    *"could not select device driver"* | *"no known GPU vendor"* | *"nvidia-container"* | *"runtime name: nvidia"*)
      fail $NO_GPU "Docker has no access to an NVIDIA GPU: install the driver and the NVIDIA Container Toolkit" \
        "(https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/), restart Docker, and run this again." \
        "Docker said: $error"
      ;;
    *) fail $OTHER "Docker could not start the container. Docker said: $error" ;;
  esac
}

explain_death() {
  local log
  log=$(last_lines 200)
  {
    say "the server ended; its last lines:"
    last_lines 20 | while IFS= read -r line; do printf '  | %s\n' "$line"; done
  } >&2
  case $log in
    *"404 Client"*)
      fail $REFUSED "Hugging Face has no model $MODEL: correct MODEL; it is OWNER/NAME, as in the address of its page."
      ;;
    *"gated repo"* | *GatedRepo* | *"401 Client"* | *"403 Client"* | *"401 Unauthorized"* | *"403 Forbidden"*)
      [[ -n ${HF_TOKEN:-} ]] ||
        fail $NO_TOKEN "Hugging Face wants HF_TOKEN for $MODEL, as it does where terms are to be accepted (and for names" \
          "that it does not have): accept them at https://huggingface.co/$MODEL, make a read token at" \
          "https://huggingface.co/settings/tokens, and put HF_TOKEN=... into $ROOT/.env."
      fail $REFUSED "Hugging Face refused $MODEL: accept its terms at https://huggingface.co/$MODEL" \
        "with the account that HF_TOKEN belongs to, and check that the token is valid and may read."
      ;;
    *"driver on your system is too old"* | *"unsupported display driver"*)
      fail $NO_GPU "The NVIDIA driver is too old for $VLLM_IMAGE: update it, or set VLLM_IMAGE to an older tag."
      ;;
    *OutOfMemoryError* | *"out of memory"* | *"memory for the cache blocks"* | *"less than desired GPU memory"* | \
      *"larger than the available KV cache"* | *"larger than the maximum number of tokens that can be stored in KV"*)
      fail $NO_MEMORY "The GPU has too little free memory for $MODEL: close what else uses it (nvidia-smi lists it)," \
        "lower MAX_MODEL_LEN (now $MAX_MODEL_LEN), or choose a smaller or quantised MODEL."
      ;;
    *)
      fail $DIED "The server ended before $MODEL was ready: its lines above name the reason," \
        "and deploy/modelup.sh logs shows more."
      ;;
  esac
}

# How much has been downloaded: the server is silent about that where nobody sits at a terminal.
downloaded() { # prints a sentence, or nothing
  local size
  size=$(docker exec "$CONTAINER" du -sm /root/.cache/huggingface 2>/dev/null) || return 0
  size=${size%%[[:space:]]*}
  [[ ! $size =~ ^[0-9]+$ ]] || ((size < 10)) || printf '%s MB of weights on disk; ' "$size"
}

wait_until_ready() {
  local begun=$SECONDS told=0 took answer
  trap 'echo; say "the model goes on loading without you; ask with: deploy/modelup.sh status"; exit 130' INT
  while :; do
    answer=$(ask_models)
    if names_model "$answer"; then break; fi
    [[ $(state) == running ]] || explain_death
    [[ $answer != *'"id"'* ]] ||
      fail $OTHER "The server at $URL does not name $SERVED_MODEL_NAME among its models:" \
        "this image does not heed --served-model-name; choose another VLLM_IMAGE (now $VLLM_IMAGE)."
    took=$((SECONDS - begun))
    if ((took - told >= PROGRESS_S)); then
      told=$took
      answer=$(last_lines 1) answer=${answer##*$'\r'}
      say "$took s: loading ... $(downloaded)${answer:0:150}"
    fi
    ((took < WAIT_S)) ||
      fail $TIMEOUT "$MODEL was not ready after $took s and goes on loading: run deploy/modelup.sh again to wait on," \
        "with WAIT_S=$((WAIT_S * 2)) for longer, or read deploy/modelup.sh logs."
    sleep 1
  done
  trap - INT
}

advise() {
  cat <<LINES

Put this into .env for a bot that runs on this machine (roundtable run, or a container with --network host):

LLM_BASE_URL=$URL
LLM_MODEL=$SERVED_MODEL_NAME

A bot in Compose (deploy/compose.yaml) does not see this machine's 127.0.0.1. On Linux let the model join its network:

  docker network connect roundtable_default $CONTAINER      (after docker compose up)

LLM_BASE_URL=http://$CONTAINER:8000/v1

With Docker Desktop LLM_BASE_URL=http://host.docker.internal:$PORT/v1 works as it is. Compose can also run the model
itself: see the profile "vllm" in deploy/compose.yaml.
LINES
}

up() {
  local settings was
  whole_number PORT "$PORT" 1 65535
  whole_number MAX_MODEL_LEN "$MAX_MODEL_LEN" 256 1048576
  whole_number WAIT_S "$WAIT_S" 1 86400
  whole_number PROGRESS_S "$PROGRESS_S" 1 86400
  if is_folder; then check_folder; fi
  check_docker
  settings="$VLLM_IMAGE $MODEL $SERVED_MODEL_NAME $PORT $MAX_MODEL_LEN $HF_CACHE $VLLM_CACHE $*"
  was=$(state)
  find_token
  if [[ $was == running && $(label settings) == "$settings" ]]; then
    if names_model "$(ask_models)"; then
      say "$SERVED_MODEL_NAME already runs at $URL; nothing to do."
      advise
      return
    fi
    say "$SERVED_MODEL_NAME is loading already; waiting for it."
  else
    get_image
    case $was in
      running) say "the running $CONTAINER was started with other settings; replacing it." ;;
      stopped) say "replacing the stopped $CONTAINER." ;;
    esac
    [[ $was == absent ]] || docker rm --force "$CONTAINER" >/dev/null
    if listening "$PORT"; then port_taken; fi
    run_container "$settings" "$@"
    if is_folder; then
      say "started $MODEL as $CONTAINER."
    else
      say "started $MODEL as $CONTAINER; the first start downloads its weights (15 GB for 7 billion parameters)."
    fi
  fi
  see_it_ready
}

see_it_ready() {
  wait_until_ready
  # Only a model that once worked comes back by itself after a reboot; a broken one would restart for ever.
  docker update --restart unless-stopped "$CONTAINER" >/dev/null 2>&1 || :
  say "$SERVED_MODEL_NAME answers at $URL."
  advise
}

stop() {
  check_docker
  if [[ $(state) == absent ]]; then
    say "there is no container $CONTAINER; nothing to do."
    return
  fi
  docker stop "$CONTAINER" >/dev/null
  say "stopped $CONTAINER and kept it: deploy/modelup.sh start brings it back as it was set up."
}

start() {
  local is error
  whole_number WAIT_S "$WAIT_S" 1 86400
  whole_number PROGRESS_S "$PROGRESS_S" 1 86400
  check_docker
  is=$(state)
  [[ $is != absent ]] || fail $OTHER "There is no container $CONTAINER: deploy/modelup.sh up makes one."
  PORT=$(label port) SERVED_MODEL_NAME=$(label model) MODEL=$(label source)
  URL=http://127.0.0.1:$PORT/v1
  find_token
  if [[ $is == stopped ]]; then
    if listening "$PORT"; then port_taken; fi
    error=$(docker start "$CONTAINER" 2>&1 >/dev/null) ||
      fail $OTHER "Docker could not start $CONTAINER: deploy/modelup.sh up makes it anew. Docker said: ${error%%$'\n'*}"
    say "started $MODEL again as $CONTAINER."
  fi
  see_it_ready
}

down() {
  check_docker
  if [[ $(state) == absent ]]; then
    say "there is no container $CONTAINER; nothing to do."
    return
  fi
  docker stop "$CONTAINER" >/dev/null
  docker rm --force "$CONTAINER" >/dev/null
  say "stopped and removed $CONTAINER. The weights stay in $HF_CACHE."
}

logs() {
  check_docker
  [[ $(state) != absent ]] || fail $OTHER "There is no container $CONTAINER: start it with deploy/modelup.sh"
  docker logs --tail 100 "$@" "$CONTAINER"
}

status() {
  check_docker
  local is
  is=$(state)
  [[ $is != stopped ]] || fail $OTHER "The container $CONTAINER is stopped: deploy/modelup.sh start brings it back."
  [[ $is == running ]] || fail $OTHER "The container $CONTAINER is $is: start it with deploy/modelup.sh"
  PORT=$(label port) SERVED_MODEL_NAME=$(label model)
  names_model "$(ask_models)" ||
    fail $OTHER "$CONTAINER runs, but $SERVED_MODEL_NAME does not answer yet at http://127.0.0.1:$PORT/v1;" \
      "deploy/modelup.sh logs -f shows how far it is."
  say "$SERVED_MODEL_NAME answers at http://127.0.0.1:$PORT/v1."
}

command=${1:-up}
[[ $# -eq 0 ]] || shift
case $command in
  up) up "$@" ;;
  logs) logs "$@" ;;
  down | status | stop | start)
    [[ $# -eq 0 ]] || fail $USAGE "'$command' takes nothing after it, but got '$*': see deploy/modelup.sh --help"
    "$command"
    ;;
  -h | --help | help) help ;;
  *) fail $USAGE "'$command' is none of up, stop, start, down, logs, status: see deploy/modelup.sh --help" ;;
esac
