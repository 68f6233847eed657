package dev.heddle.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.heddle.event.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;

/**
 * The digest of an AG-UI event's content: 64 bits that are equal for events that are equal as JSON. The order of an
 * object's keys, white space, escapes and the notation of numbers make no difference; {@code 1e5} and {@code 100000}
 * are one number, and numbers are compared exactly at any size, in time and memory proportional to their text. The
 * event's own {@code timestamp} is left out, because a missing one is stamped.
 *
 * <p>A sent event and the same event in the log have the same digest. The digest of bytes is computed from tokens,
 * without a tree. Stateless.
 */
final class EventDigest {

    /** The digest of bytes that are not JSON; a readable event has it only by chance. */
    static final long UNREADABLE = 0x6e6f_6a73_6f6eL;

    private static final String TIMESTAMP = "timestamp";

    /** The most digits of an exponent that fits a {@code long} for certain. */
    private static final int LONG_DIGITS = 18;

    private EventDigest() {}

    /** The digest of an event as a tree. */
    static long of(JsonNode event) {
        try (JsonParser tokens = event.traverse()) {
            return event(tokens);
        } catch (IOException e) {
            throw new UncheckedIOException("a tree has no input that could fail", e);
        }
    }

    /** The digest of an event as UTF-8 JSON, or {@link #UNREADABLE}. */
    static long of(byte[] json) {
        try (JsonParser tokens = Json.mapper().getFactory().createParser(json)) {
            return event(tokens);
        } catch (IOException e) {
            return UNREADABLE;
        }
    }

    /** The digest of a text. */
    static long of(String text) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100_0000_01b3L;
        }
        return mixed(hash);
    }

    /** The digest of two digests in this order. */
    static long joined(long first, long second) {
        return mixed(first * 0x9e37_79b9_7f4a_7c15L + second);
    }

    private static long event(JsonParser tokens) throws IOException {
        if (tokens.nextToken() != JsonToken.START_OBJECT) {
            return UNREADABLE;
        }
        long members = 0;
        while (tokens.nextToken() == JsonToken.FIELD_NAME) {
            String name = tokens.currentName();
            JsonToken value = tokens.nextToken();
            if (name.equals(TIMESTAMP)) {
                tokens.skipChildren();
            } else {
                members += member(name, value(value, tokens));
            }
        }
        return joined('{', members);
    }

    private static long value(JsonToken token, JsonParser tokens) throws IOException {
        return switch (token) {
            case START_OBJECT -> {
                // A sum does not depend on the order.
                long members = 0;
                while (tokens.nextToken() == JsonToken.FIELD_NAME) {
                    String name = tokens.currentName();
                    members += member(name, value(tokens.nextToken(), tokens));
                }
                yield joined('{', members);
            }
            case START_ARRAY -> {
                long items = '[';
                for (JsonToken item = tokens.nextToken(); item != JsonToken.END_ARRAY; item = tokens.nextToken()) {
                    items = joined(items, value(item, tokens));
                }
                yield joined('[', items);
            }
            case VALUE_STRING -> joined('"', of(tokens.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> joined('0', of(canonical(tokens.getText())));
            default -> joined('n', of(tokens.getText()));
        };
    }

    private static long member(String name, long value) {
        return joined(joined(':', of(name)), value);
    }

    /** The canonical text of a number: its significant digits and a power of ten, or {@code 0}. */
    static String canonical(String number) {
        int e = Math.max(number.indexOf('e'), number.indexOf('E'));
        String mantissa = e < 0 ? number : number.substring(0, e);
        int point = mantissa.indexOf('.');
        int fraction = point < 0 ? 0 : mantissa.length() - point - 1;
        String digits = mantissa.replace(".", "").replace("-", "").replace("+", "");
        int from = 0;
        int to = digits.length();
        while (from < to && digits.charAt(from) == '0') {
            from++;
        }
        while (to > from && digits.charAt(to - 1) == '0') {
            to--;
        }
        if (from == to) {
            return "0";
        }
        String power = power(e < 0 ? "0" : number.substring(e + 1), digits.length() - to - fraction);
        return (number.startsWith("-") ? "-" : "") + digits.substring(from, to) + "e" + power;
    }

    private static String power(String exponent, int shift) {
        String unsigned = exponent.startsWith("+") ? exponent.substring(1) : exponent;
        return unsigned.length() <= LONG_DIGITS
                ? Long.toString(Long.parseLong(unsigned) + shift)
                : new BigInteger(unsigned).add(BigInteger.valueOf(shift)).toString();
    }

    /** The finalizer of MurmurHash3: each bit of the input changes about half of the output's. */
    private static long mixed(long value) {
        long hash = value;
        hash = (hash ^ (hash >>> 33)) * 0xff51_afd7_ed55_8ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ce_b9fe_1a85_ec53L;
        return hash ^ (hash >>> 33);
    }
}
