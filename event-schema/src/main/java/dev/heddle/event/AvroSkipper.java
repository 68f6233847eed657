package dev.heddle.event;

import org.apache.avro.Schema;

/**
 * A check of one record that compares each length with the bytes that are there. It runs before Avro's own decoder,
 * which allocates as much as a length claims.
 */
final class AvroSkipper {
    private AvroSkipper() {}

    static void skip(Schema schema, AvroReader in) {
        switch (schema.getType()) {
            case NULL -> {}
            case BOOLEAN -> in.skip(1);
            case INT, ENUM -> in.readInt();
            case LONG -> in.readLong();
            case FLOAT -> in.skip(4);
            case DOUBLE -> in.skip(8);
            case STRING, BYTES -> in.readString();
            case FIXED -> in.skip(schema.getFixedSize());
            case RECORD -> schema.getFields().forEach(field -> skip(field.schema(), in));
            case UNION -> {
                long branch = in.readLong();
                if (branch < 0 || branch >= schema.getTypes().size()) {
                    throw new InvalidEventException("not Avro: no branch " + branch + " in a union");
                }
                skip(schema.getTypes().get((int) branch), in);
            }
            case ARRAY, MAP -> {
                for (int left = in.readBlock(); left > 0; left = in.readBlock()) {
                    for (int i = 0; i < left; i++) {
                        if (schema.getType() == Schema.Type.MAP) {
                            in.readString();
                            skip(schema.getValueType(), in);
                        } else {
                            skip(schema.getElementType(), in);
                        }
                    }
                }
            }
        }
    }
}
