"""The command line, one command a file: the same verbs the studio calls, for people who script.

A file here that has `register(app)` is a command; nothing else has to be edited.
"""
