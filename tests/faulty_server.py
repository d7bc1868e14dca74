"""A mirror on this machine that fails in every way that a server can; each way is a function in `FAULTS`."""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import tiny_data

FAULTS = {}


def fault(answer):
    """Enter a way to answer a GET into the table, under its name."""
    FAULTS[answer.__name__] = answer
    return answer


class Handler(BaseHTTPRequestHandler):
    """Answers /<fault>/<file> with the fault, everything else with the file."""

    def do_HEAD(self):
        self.begin(200, 0)

    def do_GET(self):
        kind, _, name = self.path[1:].partition("/")
        self.server.gets.append(self.path)
        role = next(role for role, known in tiny_data.NAMES.items() if known == name)
        FAULTS.get(kind, whole)(self, tiny_data.packed(role), name)

    def begin(self, status, length=None, **headers):
        self.send_response(status)
        for key, value in {"Content-Length": length, **headers}.items():
            if value is not None:
                self.send_header(key, value)
        self.end_headers()

    def times_asked(self):
        return self.server.gets.count(self.path)

    def log_message(self, *args):
        """Keep the tests' output clean."""


def whole(handler, body, name):
    handler.begin(200, len(body))
    handler.wfile.write(body)


def half(handler, body):
    handler.begin(200, len(body))
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()


@fault
def hangs(handler, body, name):
    handler.server.stop.wait(20)


@fault
def hangs_half_way(handler, body, name):
    half(handler, body)
    handler.server.half_sent.set()
    handler.server.stop.wait(20)


@fault
def hangs_once(handler, body, name):
    (hangs_half_way if len(handler.server.gets) == 1 else whole)(handler, body, name)


@fault
def resets_half_way(handler, body, name):
    half(handler, body)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close means reset


@fault
def not_found_once(handler, body, name):
    handler.begin(404, 0) if handler.times_asked() == 1 else whole(handler, body, name)


@fault
def error_twice(handler, body, name):
    handler.begin(500, 0) if handler.times_asked() <= 2 else whole(handler, body, name)


@fault
def redirects(handler, body, name):
    handler.begin(302, 0, Location=f"/good/{name}")


@fault
def redirects_to_another_name(handler, body, name):
    handler.begin(301, 0, Location=f"http://localhost:{handler.server.server_port}/good/{name}")


@fault
def redirects_for_ever(handler, body, name):
    handler.begin(302, 0, Location=handler.path)


@fault
def redirects_to_a_file(handler, body, name):
    handler.begin(302, 0, Location="file:///etc/hostname")


@fault
def never_ends(handler, body, name):
    handler.begin(200)
    until_it_breaks(handler, bytes(2**16), pause=0, times=640)  # 40 MB, so that no fault of ours fills a disk


@fault
def is_slow(handler, body, name):
    handler.begin(200, 10**6)
    until_it_breaks(handler, bytes(1024), pause=0.2, times=100)


def until_it_breaks(handler, block, pause, times):
    try:
        for _ in range(times):
            handler.wfile.write(block)
            handler.server.stop.wait(pause)
    except OSError:
        handler.close_connection = True


@fault
def speaks_no_http(handler, body, name):
    handler.wfile.write(b"220 this is a mail server\r\n")


@fault
def has_no_length(handler, body, name):
    handler.begin(200)
    handler.wfile.write(body)


@fault
def has_no_length_and_breaks_off(handler, body, name):
    handler.begin(200)
    handler.wfile.write(body[: len(body) // 2])


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.gets, self.stop, self.half_sent = [], threading.Event(), threading.Event()

    def address(self, kind):
        return f"http://127.0.0.1:{self.server_port}/{kind}/"

    def shutdown_request(self, request):
        self.close_request(request)  # and no farewell before, which a reset does not have

    def handle_error(self, request, client_address):
        """A client that went away is what these tests are about."""
