package dev.septet.llm.template.jinja.builtin;

import dev.septet.llm.template.jinja.tree.Accesses;

/** Attribute paths of filters, such as {@code attribute='function.name'}. */
final class AttributePaths {
    private AttributePaths() {}

    static Object follow(Object value, Object path) {
        if (!(path instanceof String text)) {
            return Accesses.item(value, path);
        }
        Object at = value;
        for (String part : text.split("\\.", -1)) {
            Object key = part.matches("\\d{1,9}") ? (Object) Long.parseLong(part) : part;
            at = Accesses.item(at, key);
        }
        return at;
    }
}
