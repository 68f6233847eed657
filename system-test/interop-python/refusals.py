"""Each refusal, limit and close code of docs/protocol.md that a client of another maker can bring about, with the exact code.

Reads one JSON object from standard input: {"url", "tokens": {name: token}, "user", "limits": {...}}. Prints one line for each case that went wrong, and how many
there were; exits 1 if any went wrong. Written for the library websockets, 10 and later.
"""

import asyncio
import json
import sys

import websockets

PROTOCOL = "heddle.v1"
PATIENCE = 20


class Wrong(Exception):
    pass


async def connect(url, token=None, protocols=None, **options):
    offered = [PROTOCOL] if protocols is None else list(protocols)
    if token is not None:
        offered.append("bearer." + token)
    return await asyncio.wait_for(
        websockets.connect(
            url, subprotocols=offered, ping_interval=None, open_timeout=PATIENCE, max_size=None, **options
        ),
        PATIENCE,
    )


async def frame(socket, kind):
    while True:
        text = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
        if text["type"] == kind:
            return text


async def code(socket):
    """The code that the edge closes with; whatever comes before it is passed over."""
    try:
        while True:
            await asyncio.wait_for(socket.recv(), PATIENCE)
    except websockets.ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


def same(actual, expected):
    if actual != expected:
        raise Wrong(f"{actual!r} instead of {expected!r}")


class Cases:
    def __init__(self, plan):
        self.url = plan["url"]
        self.tokens = plan["tokens"]
        self.limits = plan["limits"]

    def all(self):
        for name in sorted(dir(self)):
            if name.startswith("case_"):
                yield name[len("case_") :], getattr(self, name)

    async def refused(self, expected, query="", **how):
        socket = await connect(self.url + query, **how)
        same(await code(socket), expected)

    async def sends(self, expected, *messages):
        socket = await connect(self.url, self.tokens["good"])
        await frame(socket, "hello")
        for message in messages:
            await socket.send(message)
        same(await code(socket), expected)

    async def case_no_token(self):
        await self.refused(4401)

    async def case_token_attacks(self):
        for name, token in self.tokens.items():
            if name.startswith("4"):
                try:
                    await self.refused(int(name[:4]), token=token)
                except Wrong as wrong:
                    raise Wrong(f"{name}: {wrong}") from None

    async def case_token_in_the_url(self):
        await self.refused(4401, "?token=" + self.tokens["good"], token=self.tokens["good"])

    async def case_foreign_origin(self):
        await self.refused(4403, token=self.tokens["good"], origin="https://evil.example")

    async def case_bad_parameter(self):
        await self.refused(4400, "?from=yesterday", token=self.tokens["good"])

    async def case_without_our_subprotocol_plain_http(self):
        for protocols, token, expected in (["chat"], None, 401), ([], self.tokens["good"], 400):
            try:
                await connect(self.url, token, protocols)
                raise Wrong("upgraded")
            except websockets.InvalidHandshake as refusal:
                status = getattr(refusal, "status_code", None) or refusal.response.status_code
                same(status, expected)

    async def case_unknown_frame(self):
        await self.sends(4400, '{"type":"launch"}')

    async def case_not_json(self):
        await self.sends(4400, "hello")

    async def case_nested_json(self):
        await self.sends(4400, '{"a":' * 200)

    async def case_binary_frame(self):
        await self.sends(4400, b"{}")

    async def case_too_large(self):
        await self.sends(4413, "x" * (self.limits["maxFrameBytes"] + 1))

    async def case_too_large_in_fragments(self):
        half = "x" * (self.limits["maxFrameBytes"] * 2 // 3)
        await self.sends(4413, [half, half])

    async def case_too_many_fragments(self):
        await self.sends(4413, ["{"] + [" "] * self.limits["maxFragments"] + ["}"])

    async def case_too_many_frames(self):
        await self.sends(4429, *['{"type":"ping"}'] * self.limits["frames"])

    async def case_anothers_token(self):
        await self.sends(4403, json.dumps({"type": "token", "token": self.tokens["other"]}))

    async def case_renewal_with_nonsense(self):
        await self.sends(4401, json.dumps({"type": "token", "token": "x.y.z"}))

    async def case_a_session_ends_with_its_token(self):
        socket = await connect(self.url, self.tokens["brief"])
        await frame(socket, "hello")
        same(await code(socket), 4401)

    async def case_the_oldest_connection_goes(self):
        sockets = []
        for _ in range(self.limits["connectionsPerUser"] + 1):
            sockets.append(await connect(self.url, self.tokens["crowd"]))
            await frame(sockets[-1], "hello")
        same(await code(sockets[0]), 4409)
        for socket in sockets[1:]:
            await socket.send('{"type":"ping"}')
            await frame(socket, "pong")
            await socket.close()

    async def case_compression_is_not_taken_up(self):
        socket = await connect(self.url, self.tokens["good"], compression="deflate")
        same(socket.extensions if hasattr(socket, "extensions") else [], [])
        await frame(socket, "hello")
        await socket.close()

    async def case_a_good_client(self):
        socket = await connect(self.url, self.tokens["good"])
        same(socket.subprotocol, PROTOCOL)
        hello = await frame(socket, "hello")
        same(hello["resume"], "fresh")
        await frame(socket, "caughtUp")
        await socket.send(json.dumps({"type": "token", "token": self.tokens["good"]}))
        await frame(socket, "token")
        await socket.close()
        again = await connect(self.url + "?cursor=" + hello["cursor"], self.tokens["good"])
        same((await frame(again, "hello"))["resume"], "resumed")
        await again.close()


async def main():
    cases = Cases(json.load(sys.stdin))
    wrong = 0
    count = 0
    for name, case in cases.all():
        count += 1
        try:
            await case()
        except (Wrong, OSError, asyncio.TimeoutError, websockets.WebSocketException) as error:
            wrong += 1
            print(f"{name}: {type(error).__name__} {error}")
    print(f"{count} cases, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(asyncio.run(main()))
