# SPDX-License-Identifier: Apache-2.0
# Runs every program of /cases beside bindwatch and the tracepoints of the 64-bit system calls. $PATIENCE is set before.

started() {
    grep -q '"event":"start"' /out/events.jsonl || ! kill -0 "$bindwatch" 2>/dev/null
}

all_told() {
    [ "$(grep -c '"event":"release"' /out/events.jsonl)" -ge "$(cat /out/steps/*.out | grep -c '"event":"release"')" ]
}

witness=/sys/kernel/tracing/instances/witness
mkdir "$witness"
for event in sys_enter_bind sys_exit_bind sys_enter_listen sys_exit_listen; do
    echo 1 >"$witness/events/syscalls/$event/enable"
done

bindwatch --json >/out/events.jsonl 2>/out/bindwatch.err </dev/null &
bindwatch=$!
until_true started
for program in /cases/*; do
    step "${program##*/}" timeout -s KILL "$PATIENCE" "$program"
done
until_true all_told
kill -INT "$bindwatch"
wait "$bindwatch"
echo "$?" >/out/bindwatch.rc
cat "$witness/trace" >/out/trace
