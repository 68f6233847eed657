package dev.heddle.edge.socket;

/** What the socket side is configured by. */
public record SocketConfig(HttpConfig http, LimitsConfig limits, SessionConfig sessions) {}
