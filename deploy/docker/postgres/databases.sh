#!/bin/bash
# A database for each service, with the role that owns and migrates it and the role that runs, which has its rows only;
# and the role that backups use. Run at each start, it changes what differs: a new password in a secret's file is in
# force after the next `up`.
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
  query --set name="$1" --set owner="$1_owner" <<'SQL'
select format('create database %I owner %I', :'name', :'owner')
where not exists (select from pg_database where datname = :'name') \gexec
select format('revoke all on database %I from public', :'name') \gexec
select format('grant connect, temporary on database %I to %I', :'name', :'name') \gexec
SQL
}

hand_over() { # a database of an earlier release, whose tables belong to the role that runs, which goes on meanwhile
  query --dbname "$1" --set name="$1" --set owner="$1_owner" <<'SQL'
begin;
select pg_get_userbyid(datdba) = :'name' as earlier from pg_database where datname = current_database() \gset
\if :earlier
select format('reassign owned by %I to %I', :'name', :'owner') \gexec
select format('grant connect, temporary on database %I to %I', :'name', :'name') \gexec
select format('grant select, insert, update, delete on all tables in schema public to %I', :'name') \gexec
select format('revoke insert, update, delete on alembic_version from %I', :'name') \gexec
\endif
commit;
SQL
}

for service in auth todos stats notifications; do
  role "$service" "nosuperuser nocreatedb nocreaterole connection limit 250"
  role "${service}_owner" "nosuperuser nocreatedb nocreaterole connection limit 10"
  database "$service"
  hand_over "$service"
done
role backup "replication"
query --command 'revoke all on database postgres, template1 from public'
