"""Each refusal, limit and close code of docs/protocol.md that a client can bring about, with the exact code.

Reads one JSON object from standard input: {"balanced": whether a balancer stands between, "edges": {part: {"url", "tokens": {name: token}, "limits"}}}; what stands
there, an edge or an ingest, is configured for its part. Prints one line for each case that went wrong, and how many there were; exits 1 if any went wrong.
"""

import asyncio
import json
import sys

import websockets

from wire import BINARY, CLOSE, FIN, PATIENCE, PING, PROTOCOL, TEXT, Raw, Wrong, bearer, code, connect, frame
from wire import frames_and_code, http, masked, same, unmasked

PING_TEXT = b'{"type":"ping"}'


def cancel(name, **more):
    return json.dumps(
        {"type": "command", "id": name, "command": "run.cancel", "threadId": "t", "runId": "r", **more}
    )


class Part:
    """The cases that one edge is configured for: its methods that begin with case_."""

    def __init__(self, plan, balanced):
        self.url = plan["url"]
        self.tokens = plan["tokens"]
        self.limits = plan.get("limits", {})
        self.balanced = balanced

    def all(self):
        for name in sorted(dir(self)):
            if name.startswith("case_"):
                yield name[len("case_") :], getattr(self, name)

    async def refused(self, expected, query="", **how):
        """Upgraded and closed at once, without a frame."""
        socket = await connect(self.url + query, **how)
        frames, actual = await frames_and_code(socket)
        same(actual, expected)
        same(frames, [], "frames before the close")

    async def sends(self, expected, *messages):
        socket = await connect(self.url, self.tokens["good"])
        await frame(socket, "hello")
        for message in messages:
            await socket.send(message)
        same(await code(socket), expected)

    async def raw(self, expected, *frames):
        socket = await Raw.open(self.url, self.tokens["good"])
        await socket.send(*frames)
        same(await socket.code(), expected)
        socket.close()

    async def answers(self, expected, path, method="GET", **headers):
        status, head = await http(self.url, path, {n.replace("_", "-"): v for n, v in headers.items()}, method)
        same(status, expected, path[:40])
        return head

    async def is_well(self, token):
        """A good client is served as if nothing had been."""
        socket = await connect(self.url, token)
        await frame(socket, "caughtUp")
        await socket.close()


class Contract(Part):
    # ---- who asks

    async def case_no_token(self):
        await self.refused(4401)

    async def case_token_attacks(self):
        for name, token in self.tokens.items():
            if name.startswith("4"):
                expected = int(name[:4])
                try:
                    await self.refused(expected, token=token)
                    socket = await connect(self.url, self.tokens["good"])
                    await frame(socket, "hello")
                    await socket.send(json.dumps({"type": "token", "token": token}))
                    same(await code(socket), expected, "as a renewal")
                    status, _ = await http(self.url, "/v1/partition", bearer(token))
                    same(status, expected - 4000, "by HTTP")
                except Wrong as wrong:
                    raise Wrong(f"{name}: {wrong}") from None

    async def case_token_in_the_url(self):
        for name in "token", "access_token", "anything":
            await self.refused(4401, f"?{name}=" + self.tokens["good"], token=self.tokens["good"])

    async def case_revoked(self):
        await self.refused(4401, token=self.tokens["revoked"])

    async def case_foreign_origin(self):
        for origin in "https://evil.example", "null":
            await self.refused(4403, token=self.tokens["good"], origin=origin)

    async def case_bad_parameter(self):
        for query in "?from=yesterday", "?from=last:0", "?p=x", "?types=A*B", "?fold=maybe", "?from=latest&from=latest":
            await self.refused(4400, query, token=self.tokens["good"])

    # ---- plain HTTP

    async def case_http_400(self):
        await self.answers(400, "/v1/stream", **bearer(self.tokens["good"]))
        await self.answers(400, "/v1/stream?from=yesterday", **bearer(self.tokens["good"]))

    async def case_http_401(self):
        head = await self.answers(401, "/v1/stream")
        same(head.get("www-authenticate"), "Bearer")
        await self.answers(401, "/v1/stream?token=x", **bearer(self.tokens["good"]))
        await self.answers(401, "/v1/partition")
        await self.answers(401, "/v1/agents")
        await self.answers(401, "/v1/partition", **bearer(self.tokens["revoked"]))

    async def case_http_403(self):
        evil = bearer(self.tokens["good"], Origin="https://evil.example")
        for path in "/v1/stream", "/v1/partition", "/v1/agents":
            await self.answers(403, path, **evil)

    async def case_http_others(self):
        good = bearer(self.tokens["good"])
        await self.answers(200, "/v1/partition", **good)
        await self.answers(200, "/v1/agents", **good)
        await self.answers(404, "/v1/nothing", **good)
        await self.answers(405, "/v1/stream", method="POST", **good, Content_Length="0")
        head = await self.answers(
            426,
            "/v1/stream",
            **good,
            Connection="Upgrade",
            Upgrade="websocket",
            Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
            Sec_WebSocket_Version="8",
            Sec_WebSocket_Protocol=PROTOCOL,
        )
        same(head.get("sec-websocket-version"), "13")

    async def case_http_too_long(self):
        await self.answers(414, "/v1/stream?x=" + "x" * 9_000)
        if not self.balanced:  # a balancer has a limit of its own
            await self.answers(431, "/v1/stream", X_Large="x" * 20_000)

    async def case_without_our_subprotocol_plain_http(self):
        for protocols, token, expected in (["chat"], None, 401), ([], self.tokens["good"], 400):
            try:
                await connect(self.url, token, protocols)
                raise Wrong("upgraded")
            except websockets.InvalidHandshake as refusal:
                status = getattr(refusal, "status_code", None) or refusal.response.status_code
                same(status, expected)

    # ---- frames

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
        await self.raw(4413, b"\x81\xff\x7f" + b"\xff" * 7 + b"\x01\x02\x03\x04")

    async def case_too_large_in_fragments(self):
        half = "x" * (self.limits["maxFrameBytes"] * 2 // 3)
        await self.sends(4413, [half, half])

    async def case_too_many_fragments(self):
        await self.raw(4413, masked(TEXT, b"{"), *[masked(0, b" ")] * self.limits["maxFragments"], masked(FIN, b"}"))

    async def case_too_many_frames(self):
        await self.raw(4429, *[masked(FIN | TEXT, PING_TEXT)] * self.limits["frames"])
        await self.raw(4429, *[masked(FIN | PING)] * self.limits["frames"])

    async def case_broken_framing(self):
        for frames in (
            [unmasked(FIN | TEXT, PING_TEXT)],
            [masked(FIN | TEXT | 0x40, PING_TEXT)],
            [masked(FIN | TEXT | 0x10, PING_TEXT)],
            [masked(FIN | 0x3, b"")],
            [masked(FIN | 0xB, b"")],
            [masked(FIN, b"x")],
            [masked(PING, b"x")],
            [masked(FIN | PING, b"x" * 126)],
            [masked(TEXT, b"{"), masked(FIN | TEXT, b"}")],
            [masked(FIN | CLOSE, b"x")],
        ):
            try:
                await self.raw(1002, *frames)
            except Wrong as wrong:
                raise Wrong(f"{frames[0][:4]!r}: {wrong}") from None

    async def case_text_that_is_not_utf8(self):
        for text in b'{"\xff":1}', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b"\xf0\x9f\x98":
            await self.raw(1007, masked(FIN | TEXT, text))
        await self.raw(1007, masked(TEXT, b'"\xc3'), masked(FIN, b'"'))

    async def case_a_close_is_answered(self):
        await self.raw(1000, masked(FIN | CLOSE, b"\x03\xe8"))

    async def case_anothers_token(self):
        await self.sends(4403, json.dumps({"type": "token", "token": self.tokens["other"]}))

    async def case_renewal_with_nonsense(self):
        await self.sends(4401, json.dumps({"type": "token", "token": "x.y.z"}))

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

    # ---- commands

    async def rejected(self, command, expected, retryable):
        socket = await connect(self.url, self.tokens["good"])
        await frame(socket, "hello")
        await socket.send(command)
        answer = await frame(socket, "rejected")
        same((answer["code"], answer["retryable"]), (expected, retryable))
        await socket.close()

    async def case_rejected_invalid(self):
        await self.rejected(cancel("c1", command="run.launch"), "invalid", False)
        await self.rejected(cancel("c2", runId="\ud800"), "invalid", False)

    async def case_rejected_unknown_agent(self):
        await self.rejected(
            cancel("c3", command="run.start", agentId="nobody", input={"messages": []}), "unknown_agent", False
        )

    async def case_rejected_too_large(self):
        await self.rejected(
            cancel(
                "c4",
                command="run.resume",
                resume=[{"interruptId": "i", "status": "resolved", "payload": "x" * self.limits["commandBytes"]}],
            ),
            "too_large",
            False,
        )


class Brief(Part):
    """A token that ends soon, waited for beside all the others."""

    async def case_a_session_ends_with_its_token(self):
        socket = await connect(self.url, self.tokens["brief"])
        await frame(socket, "hello")
        same(await code(socket), 4401)


class Rates(Part):
    """Each case counts under an address of its own, which the proxy that the edge trusts has told."""

    def address(self, number):
        return f"203.0.{113 if self.balanced else 114}.{number}"

    async def case_a_silent_peer(self):
        socket = await Raw.open(self.url, self.tokens["good"], {"X-Forwarded-For": self.address(1)})
        same(await socket.code(), 4408)
        await socket.ended()

    async def case_too_many_connects(self):
        one = bearer(self.tokens["good"], X_Forwarded_For=self.address(2))
        for _ in range(self.limits["connectBurst"]):
            await self.answers(200, "/v1/partition", **one)
        for path in "/v1/partition", "/v1/agents", "/v1/stream":
            head = await self.exhausted(path, one)
            if int(head["retry-after"]) < 1:
                raise Wrong(f"Retry-After {head['retry-after']}")
        await self.exhausted("/v1/partition", one)
        await self.refused(4429, token=self.tokens["good"], headers={"X-Forwarded-For": self.address(2)})
        another = bearer(self.tokens["good"], X_Forwarded_For=self.address(3))
        await self.answers(200, "/v1/partition", **another)

    async def exhausted(self, path, headers):
        """Asks until that was too often: while asking takes time, more becomes allowed."""
        for _ in range(50):
            status, head = await http(self.url, path, headers)
            if status == 429:
                return head
        raise Wrong("never too often")

    async def case_too_many_connections_of_an_address(self):
        headers = {"X-Forwarded-For": self.address(4)}
        sockets = []
        for _ in range(self.limits["connectionsPerAddress"]):
            sockets.append(await connect(self.url, self.tokens["good"], headers=headers))
            await frame(sockets[-1], "hello")
        await self.refused(4429, token=self.tokens["good"], headers=headers)
        for socket in sockets:
            await socket.close()

    async def case_commands_of_a_user(self):
        headers = {"X-Forwarded-For": self.address(5)}
        token = self.tokens["balanced" if self.balanced else "direct"]
        socket = await connect(self.url, token, headers=headers)
        for number in range(self.limits["commandBurst"]):
            await socket.send(cancel(f"c{number}"))
            await frame(socket, "accepted")
        for number in range(20):
            await socket.send(cancel(f"more{number}"))
        answer = await frame(socket, "rejected")
        same((answer["code"], answer["retryable"]), ("rate_limited", True))
        await socket.close()

    async def case_a_request_that_trickles(self):
        if self.balanced:
            return  # it never reaches the edge
        host, port = self.url.split("/")[2].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            for letter in b"GET /v1/stream HTTP/1.1\r\nHost: x\r\n" * 100:
                writer.write(bytes([letter]))
                await writer.drain()
                try:
                    same(await asyncio.wait_for(reader.read(1), 0.1), b"")
                    return
                except asyncio.TimeoutError:
                    continue
            raise Wrong("it was not cut")
        except ConnectionError:
            return
        finally:
            writer.close()


class Ages(Part):
    async def case_the_maximum_age(self):
        socket = await connect(self.url, self.tokens["good"])
        frames, actual = await frames_and_code(socket)
        same(actual, 4001)
        goodbye = frames[-1]
        same((goodbye["type"], goodbye["code"], goodbye["reason"]), ("goodbye", 4001, "maximumAge"))
        same(0 <= goodbye["retryAfterMs"] <= 1_000, True, "retryAfterMs")
        again = await connect(self.url + "?cursor=" + goodbye["cursor"], self.tokens["good"])
        same((await frame(again, "hello"))["resume"], "resumed")
        await again.close()


class Tenants(Part):
    async def case_without_a_tenant(self):
        await self.refused(4401, token=self.tokens["none"])

    async def case_the_name_of_anothers_user(self):
        await self.refused(4401, token=self.tokens["forged"])

    async def case_renewal_by_another_tenants_user_of_the_same_name(self):
        socket = await connect(self.url, self.tokens["acme"])
        same((await frame(socket, "hello"))["user"], "4:acmebob")
        await socket.send(json.dumps({"type": "token", "token": self.tokens["rival"]}))
        same(await code(socket), 4403)

    async def case_without_room(self):
        """More connections than the edge takes in all. The last case: those of the others have to be gone."""
        sockets = []
        for _ in range(self.limits["connections"]):
            sockets.append(await connect(self.url, self.tokens["acme"]))
            await frame(sockets[-1], "hello")
        await self.refused(4429, token=self.tokens["rival"])
        for socket in sockets:
            await socket.close()


def batch(run, first, count, word="x"):
    """A batch of a run's events with these numbers."""
    events = []
    for number in range(first, first + count):
        event = {"type": "CUSTOM", "name": "n", "value": word + str(number)}
        if number == 0:
            event = {"type": "RUN_STARTED", "threadId": "t", "runId": run}
        events.append({"runSeq": number, "event": event})
    return json.dumps({"threadId": "t", "runId": run, "events": events}).encode()


async def post(part, body, token, user, headers=None):
    sent = {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
    if token is not None:
        sent["Authorization"] = "Bearer " + token
    return await http(part.url, f"/v1/users/{user}/events", sent, "POST", body)


class Ingest(Part):
    """Of section 4: executors in other languages."""

    def run(self, name):
        return f"{name}-{'balanced' if self.balanced else 'nearby'}"

    async def posts(self, expected, body, token="service", user="alice", headers=None):
        status, head = await post(self, body, self.tokens.get(token, token), user, headers)
        allowed = expected if isinstance(expected, tuple) else (expected,)
        if status not in allowed:
            raise Wrong(f"{token[:40] if token else token}: {status} instead of {expected}: {head['body']}")
        return head

    async def case_accepted_again_and_after_a_gap(self):
        run = self.run("r1")
        answer = json.loads((await self.posts(200, batch(run, 0, 3)))["body"])
        same((answer["accepted"], len(answer["cursor"]) > 0), (3, True))
        await self.posts(200, batch(run, 0, 3))
        await self.posts(409, batch(run, 4, 1))
        await self.posts(409, batch(run, 1, 2, "another sender's "))

    async def case_bad_batches(self):
        for body in b"", b"[]", b"{", b'{"threadId":"t"}', b"[" * 60_000, b"\xff":
            await self.posts(400, body)
        bad = json.loads(batch(self.run("r2"), 0, 3))
        bad["events"][2]["event"] = {"type": "TEXT_MESSAGE_END"}
        same(json.loads((await self.posts(400, json.dumps(bad).encode()))["body"])["index"], 2)

    async def case_tokens(self):
        body = batch(self.run("r3"), 0, 1)
        head = await self.posts(401, body, None)
        same(head["www-authenticate"], "Bearer")
        await self.posts(401, body, "nonsense")
        await self.posts(401, body, "revoked")
        await self.posts(403, body, "scopeless")
        for name in self.tokens:
            if name.startswith("4"):
                await self.posts((401, 403), body, name)
        await self.posts(200, body)

    async def case_paths_and_methods(self):
        body = batch(self.run("r4"), 0, 1)
        for user in "%ff", "%", "%c0%af":
            await self.posts(400, body, user=user)
        await self.posts(404, body, user="a/b")
        await self.answers(405, "/v1/users/alice/events", **bearer(self.tokens["service"]))
        await self.answers(404, "/v1/users", **bearer(self.tokens["service"]))

    async def case_too_large(self):
        await self.posts(413, b"x", headers={"Content-Length": self.limits["batchBytes"] + 1})
        await self.posts(413, batch(self.run("r5"), 0, self.limits["batchEvents"] + 1))

    async def case_too_much_at_once(self):
        at = self.url.split("/")[2].split(":")
        open_ones = []
        body = batch(self.run("r6"), 0, 1)
        head, last = "", asyncio.get_running_loop().time() + 20
        # One more at a time: some may be refused themselves, while what came before is still being worked on.
        while "retry-after" not in head and asyncio.get_running_loop().time() < last:
            _, writer = await asyncio.open_connection(at[0], int(at[1]))
            lines = [
                "POST /v1/users/alice/events HTTP/1.1",
                "Host: x",
                "Authorization: Bearer " + self.tokens["service"],
                f"Content-Length: {self.limits['batchBytes']}",
            ]
            writer.write(("\r\n".join(lines) + "\r\n\r\n{").encode())
            await writer.drain()
            open_ones.append(writer)
            if len(open_ones) >= self.limits["inFlight"]:
                head = await self.posts((200, 429), body)  # taken until what was sent before has been read
        same("retry-after" in head, True, "a refusal")
        for writer in open_ones:
            writer.close()


class IngestOfTenants(Part):
    async def case_tenants(self):
        body = batch(f"tenants-{self.balanced}", 0, 1)
        for user, expected in ("4:acmeolga", 200), ("3:acmolga", 403), ("olga", 403):
            same((await post(self, body, self.tokens["acme"], user))[0], expected, user)


PARTS = {
    "brief": Brief,
    "contract": Contract,
    "rates": Rates,
    "ages": Ages,
    "tenants": Tenants,
    "ingest": Ingest,
    "ingestOfTenants": IngestOfTenants,
}


async def judge(part):
    wrong = []
    count = 0
    for name, case in part.all():
        count += 1
        try:
            await case()
        except (Wrong, OSError, EOFError, asyncio.TimeoutError, websockets.WebSocketException) as error:
            wrong.append(f"{type(part).__name__} {name}: {type(error).__name__} {error}")
    return count, wrong


async def main():
    plan = json.load(sys.stdin)
    parts = [PARTS[name](edge, plan["balanced"]) for name, edge in plan["edges"].items()]
    judged = await asyncio.gather(*(judge(part) for part in parts))
    wrong = [line for _, lines in judged for line in lines]
    print("\n".join([*wrong, f"{sum(count for count, _ in judged)} cases, {len(wrong)} wrong"]))
    return 1 if wrong else 0


sys.exit(asyncio.run(main()))
