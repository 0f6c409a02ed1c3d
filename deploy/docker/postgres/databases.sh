#!/bin/bash
# A database and a role for each service, and the role that backups use; run at each start, it changes what differs:
# a new password in a secret's file is in force after the next `up`.
set -euo pipefail

secret() { cat "/run/secrets/$1_database_password"; }

PGPASSWORD=$(secret postgres)
export PGPASSWORD
query() { psql --host postgres --username postgres --dbname postgres --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$@"; }

role() { # name, attributes; \gexec runs the statement that a query has written
  query --set name="$1" --set password="$(secret "$1")" --set attributes="$2" <<'SQL'
select format('create role %I', :'name') where not exists (select from pg_roles where rolname = :'name') \gexec
select format('alter role %I login %s password %L', :'name', :'attributes', :'password') \gexec
SQL
}

database() {
  query --set name="$1" <<'SQL'
select format('create database %I owner %I', :'name', :'name')
where not exists (select from pg_database where datname = :'name') \gexec
select format('revoke all on database %I from public', :'name') \gexec
SQL
}

for service in auth todos stats; do
  role "$service" "nosuperuser nocreatedb nocreaterole"
  database "$service"
done
role backup "replication"
query --command 'revoke all on database postgres, template1 from public'
