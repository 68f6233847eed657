package dev.heddle.agents;

/** Where an acknowledged event stands in {@code agent-events}. */
public record LogPlace(int partition, long offset) {}
