"""Runs a command in a terminal of its own and copies what it shows to stdout. What comes in on stdin is typed; its end closes the terminal."""
import os
import pty
import select
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
open_ends = [terminal, 0]
while terminal in open_ends:
    for end in select.select(open_ends, [], [])[0]:
        try:
            data = os.read(end, 65536)
        except OSError:
            data = b""
        if end == 0 and data:
            os.write(terminal, data)
        elif data:
            os.write(1, data)
        elif end == 0:
            open_ends.remove(0)
            os.close(terminal)
            open_ends.remove(terminal)
            break
        else:
            open_ends.remove(terminal)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
