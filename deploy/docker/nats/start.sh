#!/bin/sh
# Starts nats-server with the passwords in /run/secrets as variables, which the configuration names.
# usage: start-nats [one|three] [nats-server's options]
set -eu
for user in auth todos stats gateway operator subscriber routes; do
  password=$(cat "/run/secrets/nats_${user}_password")
  export "NATS_PASSWORD_$user=$password"
done
for node in 1 2 3; do
  export "NATS_ROUTE_$node=\"nats://routes:$password@nats-$node:6222\""
done
nodes=$1
shift

storing() { wget -q -O /dev/null "http://127.0.0.1:8222/healthz?js-enabled-only=true" 2>/dev/null; }

# A full disk turns JetStream off until the server is started again. It ends then, and the engine starts it anew:
# with space back, it stores again without hands.
watch_storage() {
  until storing; do sleep 2; done
  misses=0
  while sleep 3; do
    if storing; then misses=0; else misses=$((misses + 1)); fi
    [ "$misses" -lt 3 ] || { echo "start-nats: JetStream is off, ending"; kill -TERM "$1"; exit; }
  done
}

watch_storage $$ &
exec nats-server --config "/etc/todobus/$nodes.conf" "$@"
