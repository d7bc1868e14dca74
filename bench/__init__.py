"""How long the course's work takes beside its peers: `make bench`.

Each contestant is a process of its own that prints the seconds of its epochs; `__main__` lets them take turns, so that
what else the machine does hits all of them alike. Kept out of the tests: seconds are no results.
"""
