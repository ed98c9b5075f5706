package dev.septet.activities.evaluate.metric.value;

import com.fasterxml.jackson.databind.JsonNode;
import dev.septet.activities.answer.JsonSchema;
import dev.septet.activities.answer.JsonValues;
import dev.septet.activities.evaluate.metric.MeanOfRows;
import dev.septet.activities.evaluate.metric.Metric;
import dev.septet.dsl.pipeline.evaluate.MetricArguments;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fraction of answers that are one strict JSON value, and, with a schema, valid by it. A code fence around the JSON is
 * accepted. Property names that occur twice, and values deeper than 100 levels, are not valid.
 */
public final class JsonValid extends MeanOfRows {
    private final @Nullable JsonSchema schema;

    /** Without a schema. */
    public JsonValid() {
        this(null);
    }

    private JsonValid(@Nullable JsonSchema schema) {
        this.schema = schema;
    }

    @Override
    public String name() {
        return "json";
    }

    /** With the schema whose file a worker read; before that, without one. */
    @Override
    public Metric with(MetricArguments arguments) {
        String text = arguments.schemaText();
        return text == null ? this : new JsonValid(JsonSchema.of(text));
    }

    @Override
    protected double row(String reference, String answer) {
        Optional<JsonNode> value = JsonValues.answered(answer);
        return value.isPresent() && (schema == null || schema.accepts(value.get())) ? 1 : 0;
    }
}
