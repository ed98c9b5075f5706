package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

import dev.septet.dsl.pipeline.ExpressionSpec;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sets fields of a row. All expressions see the row before the change.
 *
 * @param fields the new value of each field, by the field's name
 */
public record MapSpec(Map<String, ExpressionSpec> fields) implements TransformSpec {
    public MapSpec {
        require(!fields.isEmpty(), "map needs at least one field to set");
        for (String field : fields.keySet()) {
            require(
                    FieldName.valid(field),
                    "a field's name has letters, digits and '_', at most 64 of them, got '%s'",
                    field);
        }
        SortedMap<String, ExpressionSpec> sorted = new TreeMap<>(fields);
        fields = Collections.unmodifiableSortedMap(sorted);
    }
}
