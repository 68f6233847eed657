package dev.heddle.config;

/**
 * One setting of a role.
 *
 * @param key as in a YAML file and {@code --set}
 * @param variable the environment variable that sets it
 * @param value what it is, as people write it; empty if nothing is set
 * @param owner the record that declares it, under the key's last name
 */
public record Setting(String key, String variable, String value, Class<?> owner) {
    /** The name of its component in {@link #owner()}. */
    public String name() {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
