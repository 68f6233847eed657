package dev.heddle.event;

/** The offsets of the fields of one encoded delta that differ from delta to delta. For one thread. */
final class DeltaFields {
    int idEnd;
    int numberStart;
    int numberEnd;
    int timeStart;
    int timeEnd;
    int textEnd;
}
