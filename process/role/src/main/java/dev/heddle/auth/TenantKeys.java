package dev.heddle.auth;

import dev.heddle.event.InvalidEventException;
import dev.heddle.event.UserKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The user keys of an installation with tenants: {@code <length>:<tenant><user>}, where the length is the tenant's in
 * bytes of UTF-8, in decimal without leading zeros. For example, {@code acme} and {@code bob} make {@code 4:acmebob}.
 * The length marks the tenant's end, so no two pairs share a key; and the length 0 belongs to no tenant, which is what
 * a service's token without one gets.
 */
public final class TenantKeys {

    private TenantKeys() {}

    /**
     * The key of this user of this tenant.
     *
     * @param tenant may be empty: no tenant's
     * @throws InvalidEventException if the user is empty, an unpaired surrogate is in one of the two, or the whole is
     *     longer than a user key can be
     */
    public static UserKey of(String tenant, String user) {
        if (user.isEmpty()) {
            throw new InvalidEventException("user key is empty");
        }
        if (tenant.length() > UserKey.MAX_BYTES) {
            throw new InvalidEventException("tenant is longer than " + UserKey.MAX_BYTES + " bytes");
        }
        // Half a pair at the end of the one and the other half at the beginning of the other would make a whole.
        if (!isWellFormed(tenant) || !isWellFormed(user)) {
            throw new InvalidEventException("user key has an unpaired surrogate");
        }
        return UserKey.of(prefix(tenant) + user);
    }

    /** True if the key is one of this tenant's users. */
    public static boolean isOf(String tenant, UserKey key) {
        byte[] prefix = prefix(tenant).getBytes(StandardCharsets.UTF_8);
        byte[] bytes = key.utf8();
        return bytes.length > prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static String prefix(String tenant) {
        return tenant.getBytes(StandardCharsets.UTF_8).length + ":" + tenant;
    }

    private static boolean isWellFormed(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
