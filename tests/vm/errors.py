# SPDX-License-Identifier: Apache-2.0
"""What can go wrong around an emulated machine."""

from __future__ import annotations


class Unavailable(Exception):
    """This host cannot boot the kernel: the message names what is missing and what would help."""


class GuestFailed(Exception):
    """The guest panicked, hung or did not hand over its files: the message ends with the console's last lines."""
