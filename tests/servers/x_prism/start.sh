#!/bin/bash
PORT=${PORT:-3904}
. "$(dirname "$0")/../lib.sh"
[ -f "${X_OPENAPI:-}" ] || die "X_OPENAPI names no file: X's OpenAPI document is not part of this checkout"
bg "$LIB/prism/node_modules/.bin/prism" mock --host 127.0.0.1 --port "$PORT" "$X_OPENAPI"
serve "http://127.0.0.1:$PORT"
