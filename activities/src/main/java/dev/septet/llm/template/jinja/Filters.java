package dev.septet.llm.template.jinja;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** All filters by name. */
final class Filters {
    private static final Map<String, Filter> ALL = new LinkedHashMap<>();

    static {
        ALL.putAll(TextFilters.ALL);
        ALL.putAll(SequenceFilters.ALL);
        ALL.putAll(SelectionFilters.ALL);
        ALL.putAll(NumberFilters.ALL);
    }

    private Filters() {}

    static Set<String> names() {
        return ALL.keySet();
    }

    static Filter named(String name) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw new Fault("there is no filter named \"" + name + "\"");
        }
        return filter;
    }
}
