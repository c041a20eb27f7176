"""What goes wrong on machines, done on purpose: disks that fill up, links in circles, lost files.

Each row of :mod:`faults.table` is a few lines of shell: something is broken, a command is run, and
what it has to say and its exit code are given. Afterwards a rerun has to complete what was begun.
``python3 dev.py faults`` does them all and writes down what was seen (docs/faults.md).
"""
