package dev.septet.llm.template.jinja.value;

import java.util.List;

/** Python's tuple: a list that prints with round brackets. */
public record Tuple(List<Object> items) {
    static Tuple of(Object... items) {
        return new Tuple(List.of(items));
    }
}
