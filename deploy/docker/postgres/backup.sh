#!/bin/bash
# Backups of the whole database: a full copy a day, and the write-ahead log as it is written, so that any moment of the
# last days can be restored. Runs until it is stopped; `backup.sh now` takes a full copy and ends.
#
#   <series>/base/<time>/   a full copy: base.tar.gz, pg_wal.tar.gz, backup_manifest
#   <series>/wal/           the log since the first of them
#
# A series is one unbroken log. A new one begins after a restore, or when the database had to give up waiting for us.
set -euo pipefail

folder=${BACKUP_FOLDER:-/var/lib/postgresql} # where the image keeps a folder of our user, so that the volume is ours too
days=${TODOBUS_BACKUP_DAYS:-7}
hours=${TODOBUS_BACKUP_HOURS:-24}
export PGHOST=${PGHOST:-postgres} PGUSER=backup
PGPASSWORD=$(cat /run/secrets/backup_database_password)
export PGPASSWORD

say() { printf '{"timestamp":"%s","service":"backup","event":"%s"}\n' "$(date -u +%FT%TZ)" "$*"; }

series() { # the newest one, made where there is none
  local newest
  newest=$(find "$folder" -maxdepth 1 -name 'series-*' | sort | tail -n 1)
  [ -n "$newest" ] || newest=$(begin_series)
  echo "$newest"
}

begin_series() {
  local fresh
  fresh=$folder/series-$(date -u +%Y%m%dT%H%M%SZ)
  mkdir -p "$fresh/base" "$fresh/wal"
  echo "$fresh"
}

copy() { # a full copy, renamed into place once it is whole and its checksums are right
  local series=$1 time fresh
  time=$(date -u +%Y%m%dT%H%M%SZ)
  fresh=$series/base/.$time
  rm -rf "$series"/base/.[0-9]*
  pg_basebackup --pgdata="$fresh" --format=tar --gzip --wal-method=stream --checkpoint=fast --no-password
  pg_verifybackup --no-parse-wal --quiet "$fresh"
  mv "$fresh" "$series/base/$time"
  say "full copy $time, $(du -sh "$series/base/$time" | cut -f 1)"
}

copy_is_due() {
  [ -z "$(find "$1/base" -maxdepth 1 -name '2*' -mmin "-$((hours * 60 - 5))" | head -n 1)" ]
}

forget() { # copies older than the days kept, but never the last one before them; the log before the oldest copy; dead series
  local series=$1 old oldest
  find "$series/base" -maxdepth 1 -name '2*' -mtime "+$((days - 1))" | sort | head -n -1 | while read -r old; do
    rm -rf "$old"
    say "forgot $old"
  done
  oldest=$(find "$series/base" -maxdepth 1 -name '2*' | sort | head -n 1)
  [ -z "$oldest" ] || pg_archivecleanup "$series/wal" "$(first_segment "$oldest")"
  find "$folder" -maxdepth 1 -name 'series-*' ! -path "$series" -mtime "+$days" -exec rm -rf {} +
}

first_segment() { # the name of the first file of the log that a copy needs
  tar --extract --to-stdout --file "$1/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\)).*/\1/p'
}

reserve() { # a place in the database's log, kept while this process does not run
  pg_receivewal --directory="$1/wal" --slot=backup --create-slot --if-not-exists --no-password
}

give_up_place() {
  pg_receivewal --slot=backup --drop-slot --no-password || true
}

if [ "${1:-}" = now ]; then
  copy "$(series)"
  exit
fi

trap 'kill $(jobs -p) 2>/dev/null; exit 0' TERM INT
current=$(series)
if [ -e "$folder/restored" ]; then
  current=$(begin_series)
  rm "$folder/restored"
fi
while true; do
  if ! reserve "$current"; then sleep 2 & wait $!; continue; fi
  say "streaming to $current"
  pg_receivewal --directory="$current/wal" --slot=backup --synchronous --no-loop --no-password 2>/tmp/streaming.log &
  streaming=$!
  echo "$streaming" >/tmp/streaming
  while kill -0 "$streaming" 2>/dev/null; do
    if copy_is_due "$current"; then copy "$current" || say "full copy failed"; fi
    forget "$current"
    sleep 10 & wait $!
  done
  say "streaming ended: $(tr '"\n' "' " </tmp/streaming.log)"
  if grep -qE 'already been removed|can no longer|invalidated|not in this server.s history' /tmp/streaming.log; then
    give_up_place
    current=$(begin_series)
  fi
  sleep 2 & wait $!
done
