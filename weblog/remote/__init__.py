"""What lies in a bucket or behind a web address: listed, read in ranges, its errors told.

``s3://``, ``gs://``, ``az://`` and ``abfs://`` through obstore (extra ``cloud``), ``https://``
through Python's own library.
"""
