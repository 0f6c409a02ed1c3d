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
exec nats-server --config "/etc/todobus/$nodes.conf" "$@"
