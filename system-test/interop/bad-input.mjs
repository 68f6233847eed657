/** Everything that a client can do wrong gets the contract's answer, and the edge goes on serving a good client. */
import { Peer, Violation, check, inputOf, program, same, someone, tokenFor } from './lib.mjs';
import { TEXT, closeCodeAfter, frame } from './raw-socket.mjs';
import { resigned, unsigned, withAnotherUser, wronglySigned } from './tokens.mjs';

const HOUR_S = 3600;

await program({ key: undefined }, async ({ url, key }) => {
  const user = someone('bad');
  const token = await tokenFor(url, user);
  const good = await Peer.open(url, { token });
  const problems = [];
  const cases = { ...refusals(url, user, token, key), ...resets(url, token), ...frames(url, token), ...commands(url, token) };
  for (const [name, attempt] of Object.entries(cases)) {
    try {
      await attempt();
      await good.roundTrip();
      const fresh = await Peer.open(url, { token });
      await fresh.roundTrip();
      fresh.close();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  check(problems.length === 0, `\n  ${problems.join('\n  ')}`);
  return `${Object.keys(cases).length} kinds of bad input`;
});

/** Upgraded and closed at once without a frame, or plain HTTP if heddle.v1 was not offered. */
function refusals(url, user, token, key) {
  const closes = (code, how) => async () => {
    const peer = new Peer(url, how);
    same(await peer.closeCode(), code, 'close code');
    same(peer.httpStatus, null, 'HTTP status');
    same(peer.frames, [], 'frames before the close');
  };
  const answers = (status, how) => async () => {
    const peer = new Peer(url, how);
    await peer.closeCode();
    same(peer.httpStatus, status, 'HTTP status');
  };
  const past = Math.floor(Date.now() / 1000) - HOUR_S;
  const cases = {
    'no token': closes(4401, {}),
    'a token that is none': closes(4401, { token: 'nonsense' }),
    'a good token in the URL': closes(4401, { query: { token } }),
    'a good token in the URL as access_token': closes(4401, { query: { access_token: token } }),
    'a token in the URL beside a good one': closes(4401, { token, query: { token } }),
    'a wrong signature': closes(4401, { token: wronglySigned(token) }),
    'a wrong signature as subprotocol': closes(4401, { protocols: ['heddle.v1', `bearer.${wronglySigned(token)}`] }),
    'claims of another user': closes(4401, { token: withAnotherUser(token, 'victim') }),
    'alg none': closes(4401, { token: unsigned(token) }),
    'a foreign Origin': closes(4403, { token, headers: { Origin: 'https://evil.example' } }),
    'Origin null': closes(4403, { token, headers: { Origin: 'null' } }),
    'its own Origin, which is good': async () => (await Peer.open(url, { token, headers: { Origin: url } })).close(),
    'an unknown subprotocol': answers(400, { token, protocols: ['chat.v9'] }),
    'no subprotocol': answers(400, { token, protocols: [] }),
    'from=garbage': closes(4400, { token, query: { from: 'garbage' } }),
    'from=last:many': closes(4400, { token, query: { from: 'last:many' } }),
  };
  if (key !== undefined) {
    cases['a token that has ended'] = closes(4401, { token: resigned(token, key, { iat: past - HOUR_S, exp: past }) });
    cases['a token signed here, which is good'] = async () => {
      const peer = await Peer.open(url, { token: resigned(token, key, { jti: 'again' }) });
      same(peer.hello.user, user, 'the user of hello');
      peer.close();
    };
  }
  return cases;
}

/** A cursor that cannot be continued is no error: the session goes on, and says what it means. */
function resets(url, token) {
  const resets = (cursor) => async () => {
    const peer = await Peer.open(url, { token, query: { cursor } });
    same([peer.hello.resume, peer.hello.reason], ['reset', 'malformed'], 'resume');
    check(peer.hello.lost !== undefined, 'hello tells no range in which events may have been lost');
    await peer.untilFrame('caughtUp');
    peer.close();
  };
  return {
    'a malformed cursor': resets('not-a-cursor'),
    'an empty cursor': resets(''),
    'a cursor of 5,000 bytes': resets('A'.repeat(5000)),
    'a cursor of other letters': resets('ÄÖÜ ☃'),
  };
}

function frames(url, token) {
  const closes = (code, make) => async () => {
    const peer = await Peer.open(url, { token });
    peer.send(make(peer.hello));
    same(await peer.closeCode(), code, 'close code');
  };
  const raw = (code, bytes) => async () => same(await closeCodeAfter(url, token, bytes), code, 'close code');
  const pingText = Buffer.from('{"type":"ping"}');
  return {
    'malformed JSON': closes(4400, () => '{"type":"ping"'),
    'JSON that is no object': closes(4400, () => '[1,2,3]'),
    'a frame without type': closes(4400, () => '{}'),
    'an unknown frame type': closes(4400, () => '{"type":"frobnicate"}'),
    'deeply nested JSON': closes(4400, () => `{"type":"ping","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
    'a frame over the limit': closes(4413, (hello) => `{"type":"ping","x":"${'x'.repeat(hello.maxFrameBytes)}"}`),
    'a binary frame': closes(4400, () => Buffer.from([1, 2, 3])),
    "another user's token in band": async () => {
      const peer = await Peer.open(url, { token });
      peer.send({ type: 'token', token: await tokenFor(url, someone('other')) });
      same(await peer.closeCode(), 4403, 'close code');
    },
    'a bad token in band': closes(4401, () => ({ type: 'token', token: wronglySigned(token) })),
    'an unmasked frame': raw(1002, frame(TEXT, pingText, { masked: false })),
    'a reserved opcode': raw(1002, frame(0x83, pingText)),
    'text that is not UTF-8': raw(1007, frame(TEXT, Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))),
    'an overlong UTF-8 sequence': raw(1007, frame(TEXT, Buffer.from([0xc0, 0xaf]))),
  };
}

function commands(url, token) {
  const rejects = (code, command) => async () => {
    const peer = await Peer.open(url, { token });
    peer.send({ type: 'command', id: 'bad', command: 'run.start', agentId: 'echo', threadId: 't', input: inputOf('x'), ...command });
    const answer = await peer.until(() => peer.frames.find((each) => each.id === 'bad'), 'the answer');
    same([answer.type, answer.code, answer.retryable], ['rejected', code, false], 'answer');
    await peer.roundTrip();
    same(peer.items, [], 'events');
    peer.close();
  };
  return {
    'an unknown agent': rejects('unknown_agent', { agentId: 'nobody-offers-this' }),
    'an unknown command': rejects('invalid', { command: 'run.frobnicate' }),
    'a start without input': rejects('invalid', { input: undefined }),
    'a start without thread': rejects('invalid', { threadId: undefined }),
  };
}
