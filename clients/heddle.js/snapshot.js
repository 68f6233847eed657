/** The snapshot frame in the form that apps work with: its instants are milliseconds, as those of events are. */

/** Date.parse need not take more than three decimals; an edge may send nine. */
const FINER_THAN_MILLIS = /(\.\d{3})\d+/;

/**
 * The frame with `startedAt` and `updatedAt` of each run as milliseconds since 1970, or null where they are none.
 *
 * @param {{runs: object[]}} frame as it came
 */
export function withMillis(frame) {
  return {
    ...frame,
    runs: frame.runs.map((run) => ({ ...run, startedAt: millisOf(run.startedAt), updatedAt: millisOf(run.updatedAt) })),
  };
}

/** @param {unknown} instant ISO-8601 text, or milliseconds already */
export function millisOf(instant) {
  const millis = typeof instant === 'string' ? Date.parse(instant.replace(FINER_THAN_MILLIS, '$1')) : instant;
  return typeof millis === 'number' && Number.isFinite(millis) ? millis : null;
}
