package dev.septet.llm.template.jinja.value;

import java.util.Map;

/** A {@code namespace}, the only value whose attributes a template may set. */
public record Namespace(Map<String, Object> attributes) {}
