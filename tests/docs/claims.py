# SPDX-License-Identifier: Apache-2.0
"""Claims port 1683, is refused it, gives it up, for ever: what a follower in the documents has to see."""

from __future__ import annotations

import socket
import time

while True:
    with socket.socket() as holder, socket.socket() as other:
        holder.bind(("127.0.0.1", 1683))
        holder.listen()
        try:
            other.bind(("127.0.0.1", 1683))
        except OSError:
            pass
    time.sleep(0.01)
