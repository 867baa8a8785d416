# SPDX-License-Identifier: Apache-2.0
# What a guest script may call; sourced before it.

# step NAME COMMAND ARG…: runs the command; its output and its exit code go to the host under NAME.
step() {
    step_name=$1
    shift
    "$@" >"/out/steps/$step_name.out" 2>"/out/steps/$step_name.err" </dev/null
    echo "$?" >"/out/steps/$step_name.rc"
}

# until_true COMMAND ARG…: waits until it succeeds, at most $PATIENCE seconds.
until_true() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt $((PATIENCE * 10)) ] || return 1
        sleep 0.1
    done
}
