package dev.septet.dsl.pipeline;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The JSON format of specs, requests and refs: sorted properties, and durations as ISO-8601 text. Unknown properties
 * are ignored, so that an older worker can read a newer request.
 */
public final class SpecJson {
    private static final JsonMapper MAPPER = configure(JsonMapper.builder()).build();

    private SpecJson() {}

    /** The shared mapper; do not reconfigure it. */
    public static JsonMapper mapper() {
        return MAPPER;
    }

    /** A mapper with these rules over another factory, for Temporal's data converter and YAML. */
    public static JsonMapper over(JsonFactory factory) {
        return configure(JsonMapper.builder(factory)).build();
    }

    static <M extends com.fasterxml.jackson.databind.ObjectMapper, B extends MapperBuilder<M, B>> B configure(
            B builder) {
        return builder.addModule(new DurationModule())
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                // Records are written by their components only; values derived by methods are not properties.
                .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
                .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
                .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE);
    }
}
