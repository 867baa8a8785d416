# SPDX-License-Identifier: Apache-2.0
"""What the documents' commands have to see: claims port 1683, is refused it, gives it up, for ever ("repeat"), or claims
it and listens ("hold"). Says on stdout when it has it."""

from __future__ import annotations

import socket
import sys
import time

said = False
while True:
    with socket.socket() as holder, socket.socket() as other:
        holder.bind(("127.0.0.1", 1683))
        holder.listen()
        if not said:
            print("claimed", flush=True)
            said = True
        while sys.argv[1] == "hold":
            time.sleep(1)
        try:
            other.bind(("127.0.0.1", 1683))
        except OSError:
            pass
    time.sleep(0.01)
