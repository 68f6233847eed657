package dev.heddle.edge.socket;

/** The settings of the public port and its connections. */
public record SocketConfig(HttpConfig http, LimitsConfig limits, SessionConfig sessions) {}
