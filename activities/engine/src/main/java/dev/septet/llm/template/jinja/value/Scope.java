package dev.septet.llm.template.jinja.value;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and their values. An inner scope can read the outer one, but not change it. */
public final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Object> values = new HashMap<>();

    public Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    public void set(String name, Object value) {
        values.put(name, value);
    }

    public @Nullable Object find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }
}
