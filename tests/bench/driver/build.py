# SPDX-License-Identifier: Apache-2.0
"""Builds bindwatch and the benchmark programs, Release, in a directory of their own."""

import os
import pathlib
import subprocess


def build(root, directory, say):
    """(bindwatch, directory of the bench programs); raises RuntimeError with the end of the build's output."""
    configure = [
        "cmake", "-G", "Ninja", "-S", str(root), "-B", str(directory),
        "-DCMAKE_BUILD_TYPE=Release", "-DBINDWATCH_BENCH=ON", "-DBINDWATCH_TESTS=OFF",
    ]  # fmt: skip
    targets = ["cmake", "--build", str(directory), "-j", str(os.cpu_count() or 1)]
    targets += ["--target", "bindwatch", "bench_programs"]
    for command in (configure, targets):
        say(" ".join(command))
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError as missing:
            raise RuntimeError(f"{missing.filename} is not installed") from missing
        if done.returncode != 0:
            tail = (done.stdout + done.stderr).strip().splitlines()[-15:]
            raise RuntimeError("the build failed:\n" + "\n".join(tail))
    return pathlib.Path(directory) / "bindwatch", pathlib.Path(directory) / "tests/bench"
