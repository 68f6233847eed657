package dev.heddle.event;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * The stored form of a revocation, under its user's key: Avro single-object encoding of {@code Revocation.avsc}.
 * Stateless.
 */
public final class RevocationCodec {
    static final SingleObject SCHEMAS = SingleObject.load("Revocation", 1);

    private RevocationCodec() {}

    /**
     * Encodes a revocation to its stored form.
     *
     * @param issuedUntil tokens that were issued until then are refused
     */
    public static byte[] encode(Instant issuedUntil) {
        AvroWriter out = SCHEMAS.begin(16);
        out.number(issuedUntil.toEpochMilli());
        return out.toArray();
    }

    /**
     * Reads the stored form: tokens issued until this time are refused.
     *
     * @throws InvalidEventException if the record cannot be read
     */
    public static Instant decode(byte[] value) {
        AvroReader in = SCHEMAS.open(value);
        long millis = in.readLong();
        in.expectEnd();
        try {
            return Instant.ofEpochMilli(millis);
        } catch (DateTimeException e) {
            throw new InvalidEventException("issuedUntil is out of range", e);
        }
    }
}
