package dev.septet.llm.template.jinja.value;

/** Python's None. */
public enum NoneValue {
    NONE
}
