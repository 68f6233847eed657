package dev.heddle.edge.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request, split but not yet understood. Parsed here rather than by the HTTP library, because
 * duplicates, invalid escapes and tokens must be detected.
 *
 * @param parameters in the order of the URL; a value that is not valid percent-encoded UTF-8 is null
 */
public record Query(List<Parameter> parameters) {

    private static final Set<String> TOKEN_NAMES = Set.of(
            "token", "access_token", "accesstoken", "id_token", "auth_token", "bearer", "jwt", "authorization", "auth");
    /** The beginning of an object in base64url. */
    private static final String JWT_BEGIN = "eyJ";

    /** One decoded name and value. */
    public record Parameter(@Nullable String name, @Nullable String value) {}

    public Query {
        parameters = List.copyOf(parameters);
    }

    /** Splits a raw query; null or empty gives none. {@code +} is a space, as browsers write it. */
    public static Query of(@Nullable String raw) {
        List<Parameter> parameters = new ArrayList<>();
        if (raw != null) {
            for (String part : raw.split("&", -1)) {
                if (!part.isEmpty()) {
                    int equals = part.indexOf('=');
                    String name = equals < 0 ? part : part.substring(0, equals);
                    parameters.add(new Parameter(decode(name), equals < 0 ? "" : decode(part.substring(equals + 1))));
                }
            }
        }
        return new Query(parameters);
    }

    /** True if a token is in the URL: by a parameter's name, or by a value that looks like a JWT under any name. */
    public boolean hasToken() {
        for (Parameter parameter : parameters) {
            String name = parameter.name();
            String value = parameter.value();
            if (name != null && (TOKEN_NAMES.contains(name.toLowerCase(Locale.ROOT)) || hasJwt(name))) {
                return true;
            }
            if (value != null && hasJwt(value)) {
                return true;
            }
        }
        return false;
    }

    /**
     * True if a part of the text looks like a JWT: three pieces of base64url with dots between, of which the first
     * begins as JSON does. Goes over the text once, as the sender is not authenticated yet.
     */
    private static boolean hasJwt(String text) {
        int dots = 0;
        boolean begun = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                dots += begun ? 1 : 0;
                if (dots == 2) {
                    return true;
                }
            } else if (!isBase64Url(c)) {
                begun = false;
                dots = 0;
            } else {
                begun |= text.startsWith(JWT_BEGIN, i);
            }
        }
        return false;
    }

    private static boolean isBase64Url(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    /** Decodes one segment of a path, in which {@code +} is itself; null if it is not percent-encoded UTF-8. */
    public static @Nullable String decodeSegment(String raw) {
        return decode(raw.replace("+", "%2B"));
    }

    private static @Nullable String decode(String text) {
        byte[] bytes = new byte[text.length() * 3];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
                int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
                if (low < 0) {
                    return null;
                }
                bytes[length++] = (byte) (high << 4 | low);
                i += 2;
            } else if (c < 0x80) {
                bytes[length++] = (byte) (c == '+' ? ' ' : c);
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
