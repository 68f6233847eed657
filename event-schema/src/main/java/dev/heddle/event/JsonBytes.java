package dev.heddle.event;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.NumberOutput;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * A writer of canonical JSON into bytes: without white space, and with escapes only for the quotation mark, the
 * backslash, control characters (by their short form, else {@code \\u00xx}) and unpaired surrogates. For one thread.
 */
final class JsonBytes extends ByteBuilder {
    /** The deepest nesting of objects and arrays, the outermost counted. */
    static final int MAX_DEPTH = 500;

    /** The longest number, in characters. */
    static final int MAX_NUMBER = 1_000;

    /** The longest field name, in characters. */
    static final int MAX_NAME = 50_000;

    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
    /**
     * The escape of each ASCII character: 0 if it needs none, else the character behind the backslash ('u' for the long
     * form).
     */
    private static final byte[] ESCAPES = new byte[128];
    /** The bytes of UTF-8 that are characters without an escape. */
    private static final boolean[] PLAIN = new boolean[256];

    static {
        for (int c = 0; c < 0x20; c++) {
            ESCAPES[c] = 'u';
        }
        ESCAPES['\b'] = 'b';
        ESCAPES['\t'] = 't';
        ESCAPES['\n'] = 'n';
        ESCAPES['\f'] = 'f';
        ESCAPES['\r'] = 'r';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
        for (int c = 0; c < ESCAPES.length; c++) {
            PLAIN[c] = ESCAPES[c] == 0;
        }
    }

    JsonBytes(int capacity) {
        super(capacity);
    }

    static String textOf(JsonNode value) {
        return new String(bytesOf(value), UTF_8);
    }

    static byte[] bytesOf(JsonNode value) {
        JsonBytes out = new JsonBytes(256);
        out.tree(value, 0);
        return out.toArray();
    }

    /** Writes a quoted string from UTF-8, which is checked on the way. */
    void quoted(byte[] utf8, int from, int to) {
        room(to - from + 2);
        bytes[length++] = '"';
        int i = from;
        while (i < to) {
            int plain = i;
            while (i < to && PLAIN[utf8[i] & 0xFF]) {
                i++;
            }
            add(utf8, plain, i);
            if (i == to) {
                break;
            }
            byte b = utf8[i];
            if (b >= 0) {
                escape(b);
                i++;
            } else {
                int count = Utf8.sequence(utf8, i, to);
                if (count == 0) {
                    throw new InvalidEventException("a string is not strict UTF-8");
                }
                add(utf8, i, i + count);
                i += count;
            }
        }
        add('"');
    }

    /** Writes a quoted string; unpaired surrogates are escaped. */
    void quoted(String text) {
        room(text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (ESCAPES[c] == 0) {
                    add(c);
                } else {
                    escape((byte) c);
                }
            } else if (c < 0x800) {
                add(0xC0 | (c >> 6));
                add(0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                add(0xE0 | (c >> 12));
                add(0x80 | ((c >> 6) & 0x3F));
                add(0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                add(0xF0 | (point >> 18));
                add(0x80 | ((point >> 12) & 0x3F));
                add(0x80 | ((point >> 6) & 0x3F));
                add(0x80 | (point & 0x3F));
            } else {
                escapeUnit(c);
            }
        }
        add('"');
    }

    private void escape(byte ascii) {
        byte short1 = ESCAPES[ascii];
        if (short1 == 'u') {
            escapeUnit((char) ascii);
        } else {
            add('\\');
            add(short1);
        }
    }

    private void escapeUnit(char c) {
        room(6);
        bytes[length++] = '\\';
        bytes[length++] = 'u';
        bytes[length++] = HEX[c >> 12];
        bytes[length++] = HEX[(c >> 8) & 0xF];
        bytes[length++] = HEX[(c >> 4) & 0xF];
        bytes[length++] = HEX[c & 0xF];
    }

    void number(long value) {
        room(20);
        length = NumberOutput.outputLong(value, bytes, length);
    }

    void ascii(String text) {
        int count = text.length();
        room(count);
        for (int i = 0; i < count; i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
    }

    /** Writes a number in its given notation. */
    void numberText(String text) {
        if (text.length() > MAX_NUMBER) {
            throw new InvalidEventException("a number is longer than " + MAX_NUMBER + " characters");
        }
        ascii(text);
    }

    void name(String name) {
        if (name.length() > MAX_NAME) {
            throw new InvalidEventException("a field name is longer than " + MAX_NAME + " characters");
        }
        quoted(name);
        add(':');
    }

    void tree(JsonNode node, int depth) {
        switch (node.getNodeType()) {
            case OBJECT -> {
                int inner = deeper(depth);
                add('{');
                boolean first = true;
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    if (!first) {
                        add(',');
                    }
                    first = false;
                    name(field.getKey());
                    tree(field.getValue(), inner);
                }
                add('}');
            }
            case ARRAY -> {
                int inner = deeper(depth);
                add('[');
                for (int i = 0; i < node.size(); i++) {
                    if (i > 0) {
                        add(',');
                    }
                    tree(node.get(i), inner);
                }
                add(']');
            }
            case STRING -> quoted(node.textValue());
            case NUMBER -> number(node);
            case BOOLEAN -> ascii(node.booleanValue() ? "true" : "false");
            case NULL -> ascii("null");
            default -> throw new InvalidEventException("not a JSON value: " + node.getNodeType());
        }
    }

    private void number(JsonNode node) {
        switch (node.numberType()) {
            case DOUBLE, FLOAT -> {
                double value = node.doubleValue();
                if (!Double.isFinite(value)) {
                    throw new InvalidEventException("not a JSON number: " + value);
                }
                ascii(
                        node.isFloat()
                                ? NumberOutput.toString(node.floatValue(), true)
                                : NumberOutput.toString(value, true));
            }
            case INT, LONG -> number(node.longValue());
            case BIG_INTEGER -> numberText(node.bigIntegerValue().toString());
            case BIG_DECIMAL -> numberText(node.decimalValue().toString());
        }
    }

    static int deeper(int depth) {
        if (depth >= MAX_DEPTH) {
            throw new InvalidEventException("nested deeper than " + MAX_DEPTH);
        }
        return depth + 1;
    }
}
