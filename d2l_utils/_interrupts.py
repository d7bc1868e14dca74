"""Ctrl-C between two steps of training: there nothing is half done, and no destructor can swallow it."""

import contextlib
import signal
import threading


@contextlib.contextmanager
def held_between_steps():
    """Hold Ctrl-C back; yield the function that lets it through. A second Ctrl-C comes through at once.

    Python drops an exception that a signal raises inside `__del__`, and MXNet frees an array there many times a step:
    a Ctrl-C at such a moment would be lost.
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield lambda: None
        return
    held = []

    def let_through():
        if held:
            usual(*held.pop())

    def hold(*arrived):
        let_through()
        held.append(arrived)

    signal.signal(signal.SIGINT, hold)
    try:
        yield let_through
    finally:
        signal.signal(signal.SIGINT, usual)
        let_through()
