#!/bin/bash
# Redis PORT, PostgreSQL PORT-1, ozone -2, AppView -3, PDS -4, PLC -5
PORT=${PORT:-3915}
. "$(dirname "$0")/../lib.sh"
export PGPORT=$((PORT - 1))
postgres -c listen_addresses=127.0.0.1 -c max_connections=200
bg redis-server --bind 127.0.0.1 --port "$PORT" --save '' --dir "$RUN"
await up "$PORT"
export ATPROTO=$LIB/atproto PDS_PORT=$((PORT - 4)) LOG_ENABLED=${LOG_ENABLED:-false} NODE_ENV=development
export DB_POSTGRES_URL=postgresql://pg@127.0.0.1:$PGPORT/postgres REDIS_HOST=127.0.0.1:$PORT
bg node "$DIR/../pds_only/server.js"
await grep -q READY "$RUN/2.log"
serve "http://127.0.0.1:$PDS_PORT" "http://127.0.0.1:$((PDS_PORT + 1))"
