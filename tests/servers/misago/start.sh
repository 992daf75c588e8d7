#!/bin/bash
PORT=${PORT:-3905}
. "$(dirname "$0")/../lib.sh"
postgres -c listen_addresses=
mkdir "$RUN/media"
export SOCKET=$RUN/pg RUN_MEDIA=$RUN/media DJANGO_SETTINGS_MODULE=settings PYTHONPATH=$DIR PYTHONDONTWRITEBYTECODE=1
python=$LIB/misago/bin/python
kept=$LIB/misago/tables-$(cksum <"$DIR/setup.py" | tr ' ' -).sql   # making them takes ten seconds, filling them in one
if [ -s "$kept" ]; then
  "$PG/psql" -q -h "$RUN/pg" -U pg -f "$kept" postgres >"$RUN/setup.log" 2>&1 || failed psql
else
  "$python" "$DIR/setup.py" >"$RUN/setup.log" 2>&1 || failed setup.py
  "$PG/pg_dump" -h "$RUN/pg" -U pg postgres >"$RUN/kept.sql" && mv "$RUN/kept.sql" "$kept"
fi
bg "$python" -m django runserver --noreload "127.0.0.1:$PORT"
serve "http://127.0.0.1:$PORT"
