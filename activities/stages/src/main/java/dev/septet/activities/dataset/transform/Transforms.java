package dev.septet.activities.dataset.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.record.RecordEdit;
import dev.septet.dsl.expression.Expression;
import dev.septet.dsl.expression.ExpressionProblem;
import dev.septet.dsl.expression.RequiredResult;
import dev.septet.dsl.expression.Shape;
import dev.septet.dsl.pipeline.ExpressionSpec;
import dev.septet.dsl.pipeline.prepare.FilterSpec;
import dev.septet.dsl.pipeline.prepare.MapSpec;
import dev.septet.dsl.pipeline.prepare.TransformSpec;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The filters and maps of a pipeline, in their order. */
public final class Transforms implements RecordEdit {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double EXACT = 1L << 53;

    private final List<Step> steps;
    private final Set<String> reads = new TreeSet<>();

    public Transforms(List<TransformSpec> specs) {
        steps = specs.stream().map(this::step).toList();
    }

    /** One filter or map; returns whether the record is kept. */
    private interface Step {
        boolean apply(RecordFields row);
    }

    @Override
    public Set<String> reads() {
        return Collections.unmodifiableSet(reads);
    }

    @Override
    public boolean apply(ObjectNode record, RowPlace place) {
        RecordFields row = new RecordFields(record);
        try {
            for (Step step : steps) {
                if (!step.apply(row)) {
                    return false;
                }
            }
            return true;
        } catch (ExpressionProblem e) {
            throw RowExpressions.problem(e, place);
        }
    }

    private Step step(TransformSpec spec) {
        if (spec instanceof FilterSpec filter) {
            return expression(filter.keep(), RequiredResult.TRUTH)::truth;
        }
        Map<String, Expression> fields = new TreeMap<>();
        ((MapSpec) spec).fields().forEach((name, e) -> fields.put(name, expression(e, RequiredResult.VALUE)));
        return row -> {
            Map<String, JsonNode> values = new TreeMap<>();
            fields.forEach((name, expression) -> values.put(name, node(expression.value(row))));
            values.forEach(row::set);
            return true;
        };
    }

    private Expression expression(ExpressionSpec spec, RequiredResult gives) {
        Expression expression = Expression.of(spec, Shape.of(gives));
        reads.addAll(expression.fields());
        return expression;
    }

    private static JsonNode node(@Nullable Object value) {
        if (value instanceof String text) {
            return JSON.textNode(text);
        } else if (value instanceof Double number) {
            boolean whole = number == Math.rint(number) && Math.abs(number) < EXACT;
            return whole ? JSON.numberNode(number.longValue()) : JSON.numberNode(number);
        } else if (value instanceof Boolean truth) {
            return JSON.booleanNode(truth);
        } else if (value instanceof List<?> list) {
            ArrayNode array = JSON.arrayNode();
            list.forEach(item -> array.add(node(item)));
            return array;
        } else if (value instanceof RecordFields whole) {
            return whole.record();
        }
        return JSON.nullNode();
    }
}
