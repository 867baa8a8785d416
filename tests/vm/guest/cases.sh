# SPDX-License-Identifier: Apache-2.0
# Runs every program of /cases under one bindwatch. $PLAN and $PATIENCE (seconds) are set before.

started() {
    # It may also have ended already: what it said then goes to the host.
    grep -q '"event":"start"' /out/events.jsonl || ! kill -0 "$bindwatch" 2>/dev/null
}

# Some releases come from the kernel's own work queues, so the end is when nothing more comes.
quiet() {
    size_before=$(wc -c </out/events.jsonl)
    sleep 1
    [ "$(wc -c </out/events.jsonl)" = "$size_before" ]
}

# No hook of plan syscall can make the kernel give a socket its cookie: tests/live/cases/case_claim.c.
[ "$PLAN" != syscall ] || export CASE_COOKIES=1

/bin/bindwatch --json --plan "$PLAN" >/out/events.jsonl 2>/out/bindwatch.err </dev/null &
bindwatch=$!
until_true started || echo "bindwatch --plan $PLAN does not start"
if ! kill -0 "$bindwatch" 2>/dev/null; then
    wait "$bindwatch"
    echo "$?" >/out/bindwatch.rc
    /bin/bindwatch --json --plan "$PLAN" --count 1 --duration 1s --verbose >/dev/null 2>/out/verbose.err
    exit 0
fi

for program in /cases/*; do
    step "${program##*/}" timeout -s KILL "$PATIENCE" "$program"
done

until_true quiet
kill -INT "$bindwatch"
wait "$bindwatch"
echo "$?" >/out/bindwatch.rc
