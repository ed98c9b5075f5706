package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.value.TemplateFault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** All filters by name. */
public final class TemplateFilters {
    private static final Map<String, TemplateFilter> ALL = new LinkedHashMap<>();

    static {
        ALL.putAll(TextFilters.ALL);
        ALL.putAll(SequenceFilters.ALL);
        ALL.putAll(SelectionFilters.ALL);
        ALL.putAll(NumberFilters.ALL);
    }

    private TemplateFilters() {}

    public static Set<String> names() {
        return ALL.keySet();
    }

    public static TemplateFilter named(String name) {
        TemplateFilter filter = ALL.get(name);
        if (filter == null) {
            throw new TemplateFault("there is no filter named \"" + name + "\"");
        }
        return filter;
    }
}
