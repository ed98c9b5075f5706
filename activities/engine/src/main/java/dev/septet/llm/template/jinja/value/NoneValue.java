package dev.septet.llm.template.jinja.value;

/** Python's None. */
enum NoneValue {
    NONE
}
