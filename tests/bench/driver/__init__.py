# SPDX-License-Identifier: Apache-2.0
"""What tools/bench runs: contenders, measurements, report."""
