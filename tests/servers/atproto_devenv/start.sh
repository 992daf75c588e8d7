#!/bin/bash
# Redis PORT, PostgreSQL PORT-1, ozone -2, AppView -3, PDS -4, PLC -5
PORT=${PORT:-3915}
. "$(dirname "$0")/../lib.sh"
PG=$(ls -d /usr/lib/postgresql/*/bin | tail -1); as=(env)
if [ "$(id -u)" = 0 ]; then   # PostgreSQL refuses root
  chmod 711 "$RUN"; install -d -o postgres "$RUN/pg"; as=(setpriv --reuid postgres --regid postgres --clear-groups --pdeathsig TERM --)
else mkdir "$RUN/pg"; fi
(cd / && "${as[@]}" "$PG/initdb" -D "$RUN/pg/data" -U pg --auth=trust --no-sync) >"$RUN/initdb.log" 2>&1 || failed initdb
bg "${as[@]}" "$PG/postgres" -D "$RUN/pg/data" -p $((PORT - 1)) -c listen_addresses=127.0.0.1 -c unix_socket_directories="$RUN/pg" -c max_connections=200 -c fsync=off
bg redis-server --bind 127.0.0.1 --port "$PORT" --save '' --dir "$RUN"
await "$PG/pg_isready" -q -h 127.0.0.1 -p $((PORT - 1)); await up "$PORT"
export ATPROTO=$LIB/atproto PDS_PORT=$((PORT - 4)) LOG_ENABLED=${LOG_ENABLED:-false} NODE_ENV=development
export DB_POSTGRES_URL=postgresql://pg@127.0.0.1:$((PORT - 1))/postgres REDIS_HOST=127.0.0.1:$PORT
bg node "$DIR/../pds_only/server.js"
await grep -q READY "$RUN/2.log"
serve "http://127.0.0.1:$PDS_PORT" "http://127.0.0.1:$((PDS_PORT + 1))"
