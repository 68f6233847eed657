"""Connections that are held while somebody does something to the edge.

The first line of standard input is {"urls": {name: url}, "token", "each": how many connections to each url}; "held" is printed when all have been greeted. Then each line asks for
something, and gets a line of JSON:

goodbye  waits for the first goodbye
late     tries to connect, as a WebSocket and by plain HTTP: {name: {"code", "frames", "status", "retryAfter"}}
command  sends a command on the first connection to each url: {name: the answer}
end      waits until all are closed: {name: [{"code", "goodbye"}]}
"""

import asyncio
import json
import sys

import websockets

from wire import bearer, connect, frames_and_code, http

COMMAND = {"type": "command", "id": "held", "command": "run.cancel", "threadId": "t", "runId": "r"}


class Held:
    """One connection, read until it ends."""

    def __init__(self, socket, told):
        self.socket = socket
        self.told = told
        self.goodbye = None
        self.answer = asyncio.get_running_loop().create_future()
        self.hello = asyncio.get_running_loop().create_future()
        self.end = asyncio.create_task(self.read())

    async def read(self):
        try:
            async for text in self.socket:
                frame = json.loads(text)
                if frame["type"] == "hello":
                    self.hello.set_result(frame)
                elif frame["type"] == "goodbye":
                    self.goodbye = frame
                    self.told.set()
                elif frame["type"] in ("accepted", "rejected"):
                    self.answer.set_result(frame)
        except websockets.ConnectionClosed:
            pass
        received = self.socket.close_code
        return {"code": received, "goodbye": self.goodbye}


async def late(url, token):
    socket = await connect(url, token)
    frames, code = await frames_and_code(socket)
    status, head = await http(url, "/v1/stream", bearer(token))
    return {"code": code, "frames": len(frames), "status": status, "retryAfter": head.get("retry-after")}


async def main():
    lines = asyncio.get_running_loop()
    plan = json.loads(await lines.run_in_executor(None, sys.stdin.readline))
    told = asyncio.Event()
    held = {
        name: [Held(await connect(url, plan["token"]), told) for _ in range(plan["each"])]
        for name, url in plan["urls"].items()
    }
    for each in held.values():
        await asyncio.gather(*(one.hello for one in each))
    print("held", flush=True)
    while True:
        asked = (await lines.run_in_executor(None, sys.stdin.readline)).strip()
        if asked == "goodbye":
            await told.wait()
            answer = {}
        elif asked == "late":
            coming = [late(url, plan["token"]) for url in plan["urls"].values()]
            answer = dict(zip(plan["urls"], await asyncio.gather(*coming)))
        elif asked == "command":
            for each in held.values():
                await each[0].socket.send(json.dumps(COMMAND))
            answer = {name: await each[0].answer for name, each in held.items()}
        elif asked == "end":
            answer = {name: [await one.end for one in each] for name, each in held.items()}
        else:
            return
        print(json.dumps(answer), flush=True)


asyncio.run(main())
