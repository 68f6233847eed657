package dev.heddle.agents;

/** The partition and offset of an acknowledged event in {@code agent-events}. */
public record LogPlace(int partition, long offset) {}
