/**
 * heddle.js: a user's events in the browser or in Node, in order, without a gap, after every reconnect.
 *
 *     import { HeddleClient, runView, IndexedDbStore } from './heddle.js';
 *
 *     const client = new HeddleClient({
 *       url: 'https://edge.example',
 *       token: () => fetchToken(),
 *       view: runView(),
 *       store: new IndexedDbStore('my-app', userId),
 *       from: 'earliest',
 *       onState: (state) => render(state),
 *     });
 *     await client.connect();
 *     const { runId } = await client.start({ agentId: 'echo', threadId: 't1', input: { messages } });
 *
 * One rule holds the whole thing together: state and cursor change together and are stored together. A frame is
 * applied whole, then its cursor is kept. Nothing is ever recognised as "seen already" by looking at it.
 *
 * @typedef {import('./options.js').Options} HeddleOptions
 * @typedef {import('./options.js').Status} HeddleStatus
 * @typedef {import('./store.js').Store} HeddleStore
 */
export { HeddleClient } from './client.js';
export { Backoff } from './backoff.js';
export { TimedOut } from './clock.js';
export { CommandRejected, ConnectionClosed } from './outbox.js';
export { partitionOf } from './partition.js';
export { StoredStateDiscarded } from './progress.js';
export { IndexedDbStore, MemoryStore } from './store.js';
export { runView } from './runs.js';
export { applyPatch } from './json-patch.js';
