package dev.heddle.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

/**
 * A copy of stored JSON text into canonical JSON bytes, token by token, without a tree. Text that is not strict JSON is
 * refused, so that one bad record cannot spoil a frame. For one thread.
 */
final class JsonSplice {
    private final JsonBytes out;

    JsonSplice(JsonBytes out) {
        this.out = out;
    }

    /**
     * Appends the object's fields, each after a comma, to the object being written, which has the columns {@code taken}
     * already.
     */
    void fields(String object, int taken) {
        try (JsonParser in = Json.mapper().getFactory().createParser(object)) {
            expectObject(in);
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                if ((EventColumns.bit(name) & taken) != 0) {
                    throw new InvalidEventException("body repeats the field " + name);
                }
                out.add(',');
                out.name(name);
                in.nextToken();
                value(in, 1);
            }
            expectEnd(in);
        } catch (JsonProcessingException e) {
            throw Json.invalid(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Appends the object. */
    void object(String object) {
        try (JsonParser in = Json.mapper().getFactory().createParser(object)) {
            expectObject(in);
            value(in, 1);
            expectEnd(in);
        } catch (JsonProcessingException e) {
            throw Json.invalid(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void expectObject(JsonParser in) throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidEventException("not a JSON object");
        }
    }

    private static void expectEnd(JsonParser in) throws IOException {
        if (in.nextToken() != null) {
            throw new InvalidEventException("not JSON: text after the object");
        }
    }

    /** Appends the value whose first token is the current one, within {@code depth} others. */
    private void value(JsonParser in, int depth) throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            throw new InvalidEventException("not JSON: cut short");
        }
        switch (token) {
            case START_OBJECT -> {
                int inner = JsonBytes.deeper(depth);
                out.add('{');
                boolean first = true;
                while (in.nextToken() != JsonToken.END_OBJECT) {
                    if (!first) {
                        out.add(',');
                    }
                    first = false;
                    out.name(in.currentName());
                    in.nextToken();
                    value(in, inner);
                }
                out.add('}');
            }
            case START_ARRAY -> {
                int inner = JsonBytes.deeper(depth);
                out.add('[');
                boolean first = true;
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    if (!first) {
                        out.add(',');
                    }
                    first = false;
                    value(in, inner);
                }
                out.add(']');
            }
            case VALUE_STRING -> out.quoted(in.getText());
            case VALUE_NUMBER_INT -> out.numberText(in.getText());
            case VALUE_NUMBER_FLOAT -> out.numberText(checked(in.getText()));
            case VALUE_TRUE -> out.ascii("true");
            case VALUE_FALSE -> out.ascii("false");
            case VALUE_NULL -> out.ascii("null");
            default -> throw new InvalidEventException("not JSON: " + token);
        }
    }

    /** Refuses an exponent that readers of exact numbers cannot hold. */
    private static String checked(String number) {
        if (number.indexOf('e') < 0 && number.indexOf('E') < 0) {
            return number;
        }
        try {
            return new BigDecimal(number).toString();
        } catch (NumberFormatException e) {
            throw new InvalidEventException("not JSON: a number out of range", e);
        }
    }
}
