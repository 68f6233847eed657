# Shared by the scripts beside it; read with '.', after a cd to the project's root.
# Which Docker, which Compose, what the fleet is called, and waiting for it.

export COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-heddle}
export HEDDLE_TAG=${HEDDLE_TAG:-dev}
# Images are built one after the other by the daemon's own builder, which every Docker has.
export DOCKER_BUILDKIT=0

port=${HEDDLE_PORT:-8080}
brokers=127.0.0.1:${HEDDLE_KAFKA_PORT_1:-19092},127.0.0.1:${HEDDLE_KAFKA_PORT_2:-19093},127.0.0.1:${HEDDLE_KAFKA_PORT_3:-19094}
prometheus=http://127.0.0.1:${HEDDLE_PROMETHEUS_PORT:-9090}
compose_files=(-f docker/compose.yaml)

say() {
  echo "$(basename "$0"): $*" >&2
}

fail() {
  say "$*"
  exit 1
}

require_engine() {
  command -v docker >/dev/null || fail "there is no docker here"
  docker info >/dev/null 2>&1 || fail "no Docker engine answers"
  if docker compose version >/dev/null 2>&1; then
    composer=(docker compose)
  elif command -v docker-compose >/dev/null; then
    composer=(docker-compose)
  else
    fail "there is neither 'docker compose' nor docker-compose"
  fi
}

compose() {
  "${composer[@]}" "${compose_files[@]}" "$@"
}

# The image that a service is configured with.
image_of() {
  # To the end of its input: who stops reading kills who still writes.
  compose config | awk -v service="  $1:" '/^  [^ ]/ {in_it = $0 == service} in_it && $1 == "image:" {print $2}' | tr -d '"'
}

container_of() {
  compose ps -q "$1"
}

# Whether a service's container says that it is well.
is_healthy() {
  local id
  id=$(container_of "$1")
  [ -n "$id" ] && [ "$(docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$id" 2>/dev/null)" = healthy ]
}

# until_true SECONDS WHAT COMMAND…: asks again and again, at most so long.
until_true() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || { say "$what: not in time"; return 1; }
    sleep 0.5
  done
}

# The private key that tokens are signed with, for heddle's tools on this machine.
copy_key() {
  docker run --rm -v "${COMPOSE_PROJECT_NAME}_keys:/keys:ro" --entrypoint cat "heddle/tools:$HEDDLE_TAG" /keys/keys.json >"$1"
}

# The command line from the tools' image, on this machine's network. tools_options: Docker's own, such as another volume.
tools_options=()
tools() {
  docker run --rm --network host --read-only --tmpfs /tmp ${tools_options[@]+"${tools_options[@]}"} -v "${COMPOSE_PROJECT_NAME}_keys:/keys:ro" "heddle/tools:$HEDDLE_TAG" "$@"
}

all_copies_in_sync() {
  tools topics replicas --bootstrap "$brokers" >/dev/null 2>&1
}

page_answers() {
  local status
  status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/" || true)
  [ "$status" = 200 ]
}

# How many edges the balancer sends clients to.
edges_in_use() {
  curl -s "$prometheus/api/v1/query" --data-urlencode 'query=haproxy_backend_active_servers{proxy="edges"}' |
    sed -n 's/.*"value":\[[^,]*,"\([0-9]*\)"\].*/\1/p'
}
