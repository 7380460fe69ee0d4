"""What a worker does with a job, one file a group of stages. Knows the pipeline and the database, no screen.

A handler takes the leases it was given and a `Bench`; it computes outside any transaction and stores what it found in one
short transaction that also ends the job, so that a result and its job are never apart.
"""
