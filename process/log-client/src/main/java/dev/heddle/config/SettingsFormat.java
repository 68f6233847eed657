package dev.heddle.config;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.time.Duration;

/** The formats of settings: trees and YAML, with durations as {@link DurationText}. */
final class SettingsFormat {
    static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(durations())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build());

    private SettingsFormat() {}

    static ObjectNode tree(Record settings) {
        return JSON.valueToTree(settings);
    }

    private static SimpleModule durations() {
        return new SimpleModule()
                .addSerializer(new StdScalarSerializer<>(Duration.class) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public void serialize(Duration value, JsonGenerator out, SerializerProvider provider)
                            throws IOException {
                        out.writeString(DurationText.format(value));
                    }
                })
                .addDeserializer(Duration.class, new StdScalarDeserializer<>(Duration.class) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
                        if (in.currentToken() != JsonToken.VALUE_STRING) {
                            throw new IllegalArgumentException(
                                    "not a duration (such as 500ms, 10s, 5m, 24h, 7d): " + in.getText());
                        }
                        return DurationText.parse(in.getText());
                    }
                });
    }
}
