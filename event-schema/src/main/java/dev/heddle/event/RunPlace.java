package dev.heddle.event;

/**
 * The place of an event in its run: the run's id, its number there (0, 1, 2, … without a gap, assigned by the run's
 * emitter) and the attempt of the run that produced it (raised when another executor takes the run over).
 */
public record RunPlace(String runId, long runSeq, int attempt) {
    public RunPlace {
        Ids.check("runId", runId);
        if (runSeq < 0) {
            throw new InvalidEventException("runSeq must not be negative: " + runSeq);
        }
        if (attempt < 0) {
            throw new InvalidEventException("attempt must not be negative: " + attempt);
        }
    }
}
