#!/bin/bash
# Brings the database back as it was at a moment: from the last full copy before it and the log that follows.
# usage: restore.sh TIME, such as "2026-11-22 21:20:00+00", or `latest`. Nothing else may use the volumes meanwhile.
# What is there now is kept beside it, as 18/docker.before-<now>, until the operator removes it.
set -euo pipefail

target=${1:?when: a time with its zone, or latest}
backups=${BACKUP_FOLDER:-/backups}
data=${PGDATA:-/var/lib/postgresql/18/docker}

fail() { echo "restore: $*" >&2; exit 1; }
stamp() { date -u --date="$1" +%Y%m%dT%H%M%SZ; }

chosen() { # the newest full copy from before the target, in whatever series it is
  local limit=99991231T000000Z
  [ "$target" = latest ] || limit=$(stamp "$target") || fail "not a time: $target"
  find "$backups" -mindepth 3 -maxdepth 3 -path '*/base/2*' -printf '%f %p\n' | sort | awk -v limit="$limit" '$1 < limit { last = $2 } END { print last }'
}

copy=$(chosen)
[ -n "$copy" ] || fail "no full copy is older than $target"
wal=$(dirname "$(dirname "$copy")")/wal
[ ! -e "$data/postmaster.pid" ] || pg_ctl --pgdata="$data" stop --mode=fast 2>/dev/null || rm -f "$data/postmaster.pid"
echo "restoring $copy to $target"

fresh=$data.restored
rm -rf "$fresh"
mkdir -p "$fresh"
chmod 700 "$fresh"
tar --extract --file "$copy/base.tar.gz" --directory "$fresh"
tar --extract --file "$copy/pg_wal.tar.gz" --directory "$fresh/pg_wal"
touch "$fresh/recovery.signal"

# The last file of the log was still being written: its copy has another name.
fetch="cp $wal/%f %p 2>/dev/null || cp $wal/%f.partial %p 2>/dev/null"
options=(-c "restore_command=$fetch" -c recovery_target_action=promote -c recovery_target_timeline=latest
  -c listen_addresses= -c unix_socket_directories=/tmp -c config_file=/etc/todobus/postgresql.conf)
[ "$target" = latest ] || options+=(-c "recovery_target_time=$target")
pg_ctl --pgdata="$fresh" --wait --timeout=3600 --log=/tmp/restore.log --options="$(printf "'%s' " "${options[@]}")" start ||
  { cat /tmp/restore.log >&2; fail "recovery ended before $target was reached"; }
until [ "$(psql --no-psqlrc -h /tmp -U postgres -Atc 'select pg_is_in_recovery()')" = f ]; do sleep 0.2; done
pg_ctl --pgdata="$fresh" --wait stop --mode=fast
grep -E 'recovery stopping|last completed transaction|redo done' /tmp/restore.log || true

[ ! -d "$data" ] || mv "$data" "$data.before-$(date -u +%Y%m%dT%H%M%SZ)"
mv "$fresh" "$data"
touch "$backups/restored"
echo "restored; the log from here on is a series of its own"
