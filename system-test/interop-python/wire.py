"""What the programs here share.

Connections of the library websockets, 10 and later, and a WebSocket and HTTP spoken by hand for what no decent library would send.
"""

import asyncio
import base64
import json
import os
import struct
from urllib.parse import urlsplit

import websockets

PROTOCOL = "heddle.v1"
# The library has changed this name in between.
HEADERS = "additional_headers" if int(websockets.__version__.split(".")[0]) >= 14 else "extra_headers"
PATIENCE = 20

TEXT, BINARY, CLOSE, PING = 0x1, 0x2, 0x8, 0x9
FIN = 0x80


class Wrong(Exception):
    """Something was not as the contract says."""


def same(actual, expected, what=""):
    if actual != expected:
        raise Wrong(f"{what} {actual!r} instead of {expected!r}")


async def connect(url, token=None, protocols=None, headers=None, **options):
    offered = [PROTOCOL] if protocols is None else list(protocols)
    if token is not None:
        offered.append("bearer." + token)
    return await asyncio.wait_for(
        websockets.connect(
            url,
            subprotocols=offered,
            ping_interval=None,
            open_timeout=PATIENCE,
            max_size=None,
            **{HEADERS: headers},
            **options,
        ),
        PATIENCE,
    )


async def frame(socket, kind):
    """The next frame of a type; others are passed over."""
    while True:
        text = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
        if text["type"] == kind:
            return text


async def frames_and_code(socket):
    """All frames until the edge closes, and the code that it closes with."""
    frames = []
    try:
        while True:
            frames.append(json.loads(await asyncio.wait_for(socket.recv(), PATIENCE)))
    except websockets.ConnectionClosed as closed:
        return frames, closed.rcvd.code if closed.rcvd is not None else 1006


async def code(socket):
    """The code that the edge closes with; whatever comes before it is passed over."""
    return (await frames_and_code(socket))[1]


def masked(first, payload=b"", mask=b"\x01\x02\x03\x04"):
    return header(first, len(payload), 0x80) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))


def unmasked(first, payload):
    return header(first, len(payload), 0) + payload


def header(first, length, bit):
    if length < 126:
        return struct.pack("!BB", first, bit | length)
    if length < 65536:
        return struct.pack("!BBH", first, bit | 126, length)
    return struct.pack("!BBQ", first, bit | 127, length)


class Raw:
    """A WebSocket spoken by hand."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, url, token, headers=None):
        at = urlsplit(url)
        reader, writer = await asyncio.open_connection(at.hostname, at.port)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {at.path} HTTP/1.1",
            f"Host: {at.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Protocol: {PROTOCOL}",
            f"Authorization: Bearer {token}",
            *(f"{name}: {value}" for name, value in (headers or {}).items()),
        ]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Wrong(f"not upgraded: {head!r}")
        return cls(reader, writer)

    async def frame(self):
        first, second = await asyncio.wait_for(self.reader.readexactly(2), PATIENCE)
        length = second & 0x7F
        if length == 126:
            length = struct.unpack("!H", await self.reader.readexactly(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", await self.reader.readexactly(8))[0]
        return first & 0x0F, await asyncio.wait_for(self.reader.readexactly(length), PATIENCE)

    async def send(self, *frames):
        # In one piece: whoever writes on after the edge has hung up loses what it said.
        self.writer.write(b"".join(frames))
        try:
            await self.writer.drain()
        except ConnectionError:
            pass  # closed meanwhile, as it may be: the code tells

    async def code(self):
        """The code of the edge's close frame."""
        while True:
            opcode, payload = await self.frame()
            if opcode == CLOSE:
                return struct.unpack("!H", payload[:2])[0] if payload else 1005

    async def ended(self):
        """Waits until the edge's side of the connection has ended."""
        try:
            while await asyncio.wait_for(self.reader.read(4096), PATIENCE):
                pass
        except ConnectionError:
            pass

    def close(self):
        self.writer.close()


async def http(url, path, headers=None, method="GET", body=b""):
    """The status and the headers, in lower case, of an answer to a request made by hand; the answer's body is among them as "body"."""
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    try:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {at.netloc}"]
        lines += [f"{name}: {value}" for name, value in {"Connection": "close", **(headers or {})}.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        first, *rest = head.decode("latin-1").strip().split("\r\n")
        named = (line.split(":", 1) for line in rest)
        answer = {name.strip().lower(): value.strip() for name, value in named}
        length = int(answer.get("content-length", 0))
        answer["body"] = (await asyncio.wait_for(reader.readexactly(length), PATIENCE)).decode()
        return int(first.split(" ")[1]), answer
    finally:
        writer.close()


def bearer(token, **more):
    return {"Authorization": "Bearer " + token, **{name.replace("_", "-"): value for name, value in more.items()}}
