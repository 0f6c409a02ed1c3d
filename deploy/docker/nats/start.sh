#!/bin/sh
# Starts nats-server with the passwords in /run/secrets as variables, which the configuration names.
# usage: start-nats [one|three] [nats-server's options]
set -eu
for user in auth todos stats notifications gateway operator subscriber routes; do
  password=$(cat "/run/secrets/nats_${user}_password")
  export "NATS_PASSWORD_$user=$password"
done
while IFS== read -r name subscriber_password; do
  export "NATS_PASSWORD_$(echo "$name" | tr - _)=$subscriber_password"
done </run/secrets/nats_subscriber_passwords
for node in 1 2 3; do
  export "NATS_ROUTE_$node=\"nats://routes:$password@nats-$node:6222\""
done
nodes=$1
shift

# Without accounts the server had its streams in `$G`: they become those of the services. A cluster of servers has them
# in its own log too; there new streams are filled by the outbox and the change log.
store=/data/jetstream
[ "$nodes" != one ] || [ ! -d "$store/\$G" ] || [ -d "$store/SERVICES" ] || mv "$store/\$G" "$store/SERVICES"

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
