"""Wrong answers to catch: a cut, damaged, foreign or huge file taken for whole; Apache's packing refused; a header that
lies about the shape; an error without the name of the file.
"""

import gzip
import re
import struct
from contextlib import suppress

from d2l_utils.datasets import idx
from d2l_utils.datasets.reading import BrokenFileError, read_file

import numpy as np
import pytest
import tiny_data
from hypothesis import given
from hypothesis import strategies as st

FILE = tiny_data.entry().files["train_images"]
WHOLE = tiny_data.packed("train_images")


def fault_of(tmp_path, content):
    path = tmp_path / FILE.name
    path.write_bytes(content)
    with pytest.raises(BrokenFileError) as raised:
        read_file(path, FILE)
    cure = "delete it and get it again, as data/README.md describes"
    assert str(raised.value) == f"fetch: {path} must be the published file, got {raised.value.fault}; {cure}"
    assert raised.value.path == path
    assert path.read_bytes() == content
    return raised.value.fault


@pytest.mark.parametrize("level", [1, 6, 9])
def test_any_packing_of_the_right_content_is_read(level, tmp_path):
    (tmp_path / "x.gz").write_bytes(tiny_data.packed("train_images", level))
    np.testing.assert_array_equal(read_file(tmp_path / "x.gz", FILE), tiny_data.ARRAYS["train_images"])


def test_the_packings_differ_as_zalandos_and_apaches_do():
    assert len({tiny_data.packed("train_images", level) for level in (1, 9)}) == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "an empty file"),
        (
            tiny_data.PAGE,
            "a file that is not a gzip file and begins with b'<!DOCTYPE html><' (a web page in its place)",
        ),
        (gzip.decompress(WHOLE), "a file that is not a gzip file and begins with "),
        (WHOLE[:-1], "a gzip file that ends too early (was a download cut short?)"),
        (WHOLE[: len(WHOLE) // 2], "a gzip file that ends too early (was a download cut short?)"),
        (WHOLE[:5], "a gzip file that ends too early (was a download cut short?)"),
        (gzip.compress(b"hello"), f"5 bytes instead of {FILE.size}"),
        (gzip.compress(bytes(10**7)), f"more than {FILE.size} bytes instead of {FILE.size}"),
        (WHOLE + WHOLE, f"more than {FILE.size} bytes instead of {FILE.size}"),
        (gzip.compress(bytes(FILE.size)), "other data, SHA-256 "),
    ],
    ids=range(10),  # the bytes hold the time, and all workers must name a test alike
)
def test_a_broken_file_is_named_with_its_fault(content, fault, tmp_path):
    assert fault_of(tmp_path, content).startswith(fault)


def test_mnists_digits_have_the_same_size_but_are_refused(tmp_path):
    digits = gzip.compress(idx.encode(tiny_data.DRAWN["train_images"]))
    pattern = r"other data, SHA-256 [0-9a-f]{16}\.\.\. instead of [0-9a-f]{16}\.\.\. \(MNIST's files have its name\)"
    assert re.fullmatch(pattern, fault_of(tmp_path, digits))


@given(position=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_never_changes_what_is_read(position, bit, tmp_path_factory):
    damaged = bytearray(WHOLE)
    damaged[position] ^= 1 << bit
    path = tmp_path_factory.mktemp("damaged") / FILE.name
    path.write_bytes(damaged)
    with suppress(BrokenFileError):  # some bits of the packing mean nothing, such as its date
        np.testing.assert_array_equal(read_file(path, FILE), tiny_data.ARRAYS["train_images"])


@given(st.one_of(st.tuples(st.integers(0, 5)), st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))))
def test_idx_round_trip(shape):
    array = np.random.randint(0, 256, shape, dtype=np.uint8)
    decoded = idx.decode(idx.encode(array))
    assert decoded.shape == shape
    np.testing.assert_array_equal(decoded, array)
    assert not decoded.flags.writeable


def test_idx_bytes_are_those_of_the_format():
    assert idx.encode(np.array([7, 9], dtype=np.uint8)) == bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9])
    assert idx.encode(np.zeros((1, 2, 3), dtype=np.uint8))[:16] == struct.pack(">4I", 0x803, 1, 2, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"",
            "decode: content must begin with b'\\x00\\x00\\x08\\x01' (idx1) or b'\\x00\\x00\\x08\\x03' (idx3), got b''",
        ),
        (
            bytes([0, 0, 13, 1, 0, 0, 0, 0]),
            "decode: content must begin with b'\\x00\\x00\\x08\\x01' (idx1) or b'\\x00\\x00\\x08\\x03' (idx3), "
            "got b'\\x00\\x00\\r\\x01'",
        ),
        (
            bytes([0, 0, 8, 2]) + bytes(8),
            "decode: content must begin with b'\\x00\\x00\\x08\\x01' (idx1) or b'\\x00\\x00\\x08\\x03' (idx3), "
            "got b'\\x00\\x00\\x08\\x02'",
        ),
        (bytes([0, 0, 8, 3, 0, 0]), "decode: content must hold 16 bytes of header, got 6 bytes"),
        (
            bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]),
            "decode: content must hold 3 values for the shape (3,) in its header, got 2",
        ),
        (
            bytes([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]),
            "decode: content must hold 1 values for the shape (1,) in its header, got 2",
        ),
    ],
)
def test_idx_refuses_what_it_cannot_read(content, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        idx.decode(content)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((2, 2), np.uint8), "encode: array must be uint8 with 1 or 3 dimensions, got uint8 with 2 dimensions"),
        (np.zeros(2), "encode: array must be uint8 with 1 or 3 dimensions, got float64 with 1 dimensions"),
    ],
)
def test_idx_refuses_what_it_cannot_write(array, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        idx.encode(array)
