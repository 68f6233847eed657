package dev.heddle.role;

/**
 * The address of health and metrics; not for clients.
 *
 * @param host the address to listen on
 * @param port the port of health and metrics; 0 takes a free one
 */
public record ManagementConfig(String host, int port) {

    public ManagementConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("management.port must be between 0 and 65535");
        }
    }
}
