"""The same ingest on a cluster: Apache Spark runs the parts that cost, this process the rest.

What to read and where it was left, and every commit, stay with the *driver*, the process that was
started: it alone writes to the tables. *Executors*, on as many machines as there are, read ranges
of the logs, parse and classify them by the functions that one machine runs, and write Parquet
beside the tables; the driver makes all of it visible in one commit. A file of an executor that
died belongs to no commit: nobody sees it, and compaction removes it.

The modules in the order of the work: :mod:`weblog.cluster.session` (the cluster),
:mod:`weblog.cluster.pieces` (what to read), :mod:`weblog.cluster.executor` (what runs elsewhere),
:mod:`weblog.cluster.ingest` (the whole). ``sessionize.on_cluster`` does the same for sessions.
"""
