#!/bin/sh
# Compiles what every request passes: each of these modules gets a library beside it, which Python takes instead.
# usage: compile.sh FOLDER, which holds api_gateway and service_common; needs what requirements-compile.lock names.
# docs/decisions/0041-a-compiled-gateway.md has the figures, and what a module has to do without.
set -eu
cd "$1"
CC="python -m ziglang cc -mcpu=baseline" # for any processor of this kind, not only for the one that compiles
LDSHARED="$CC -shared -nostdlib" # the interpreter has loaded all that a library of it calls
export CC LDSHARED CFLAGS=-g0 MYPYC_OPT_LEVEL=2 MYPYC_DEBUG_LEVEL=0 ZIG_GLOBAL_CACHE_DIR="$PWD/build/zig"
mypyc --config-file= --ignore-missing-imports >compile.log 2>&1 \
    api_gateway/app.py \
    api_gateway/concurrency.py \
    api_gateway/cors.py \
    api_gateway/exchange.py \
    api_gateway/rate_limits.py \
    api_gateway/request_headers.py \
    api_gateway/trusted_proxies.py \
    api_gateway/server/admission.py \
    api_gateway/server/protocol.py \
    api_gateway/server/request_head.py \
    api_gateway/server/request_response.py \
    api_gateway/upstream/balancing.py \
    api_gateway/upstream/connections.py \
    api_gateway/upstream/instances.py \
    api_gateway/upstream/proxy.py \
    service_common/telemetry/context.py \
    service_common/telemetry/http_requests.py \
    service_common/tokens/verifier.py ||
    { cat compile.log >&2; exit 1; }
rm -rf build compile.log .mypy_cache
