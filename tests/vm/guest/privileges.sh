# SPDX-License-Identifier: Apache-2.0
# bindwatch beside one case under several privileges and settings of the kernel. $PATIENCE (seconds) is set before.

started() {
    grep -q '"event":"start"' "/out/$name.jsonl" || ! kill -0 "$bindwatch" 2>/dev/null
}

told() {
    [ "$(grep -c '"event":"release"' "/out/$name.jsonl")" -ge "$(grep -c '"event":"release"' "/out/$name.truth")" ]
}

# follow NAME COMMAND ARG…: what the command tells of the case goes to the host as NAME.*
follow() {
    name=$1
    shift
    "$@" >"/out/$name.jsonl" 2>"/out/$name.err" </dev/null &
    bindwatch=$!
    until_true started
    if kill -0 "$bindwatch" 2>/dev/null; then
        grep -E '^(Cap|NoNewPrivs)' "/proc/$bindwatch/status" >"/out/$name.status"
        /cases/bind_listen_close >"/out/$name.truth"
        until_true told
        kill -INT "$bindwatch"
    fi
    wait "$bindwatch"
    echo "$?" >"/out/$name.rc"
}

# with CAPABILITY,… COMMAND ARG…: as a user who has exactly these.
with() {
    capabilities=-all,$1
    shift
    exec /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="$capabilities" --ambient-caps="$capabilities" \
        --bounding-set="$capabilities" -- "$@"
}

# examine NAME: what the doctor says
examine() {
    bindwatch doctor --json >"/out/$1.doctor" 2>"/out/$1.doctor.err" </dev/null
    echo "$?" >"/out/$1.doctor.rc"
}

trace=+bpf,+perfmon
all=$trace,+net_admin,+dac_read_search
follow no-bpf-fentry with +perfmon bindwatch --json --plan fentry
follow no-perfmon-fentry with +bpf bindwatch --json --plan fentry
echo 3 >/proc/sys/kernel/perf_event_paranoid # Debian's own value
follow paranoid-3-cgroup with "$all" bindwatch --json --plan cgroup
follow paranoid-3-cgroup-no-failed with "$trace,+net_admin" bindwatch --json --plan cgroup --no-failed
echo 2 >/proc/sys/kernel/perf_event_paranoid
for disabled in 0 2 1; do # 1 cannot be taken back
    echo "$disabled" >/proc/sys/kernel/unprivileged_bpf_disabled
    follow "bpf-disabled-$disabled-fentry" with "$trace" bindwatch --json --plan fentry
    follow "bpf-disabled-$disabled-cgroup" with "$all" bindwatch --json --plan cgroup
done
for lockdown in integrity confidentiality; do
    echo "$lockdown" >/sys/kernel/security/lockdown
    follow "$lockdown-fentry" bindwatch --json --plan fentry
    follow "$lockdown-cgroup" bindwatch --json --plan cgroup
    follow "$lockdown-cgroup-no-failed" bindwatch --json --plan cgroup --no-failed
    examine "$lockdown"
done
umount /sys/kernel/security
examine confidentiality-unseen
follow confidentiality-unseen bindwatch --json
