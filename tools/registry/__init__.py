# SPDX-License-Identifier: Apache-2.0
"""IANA's port registry: read it, judge it, compare it, turn it into a table. Python's standard library only."""
