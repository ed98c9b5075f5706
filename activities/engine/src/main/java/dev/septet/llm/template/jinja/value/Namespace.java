package dev.septet.llm.template.jinja.value;

import java.util.Map;

/** The one thing whose attributes a template may set. */
public record Namespace(Map<String, Object> attributes) {}
