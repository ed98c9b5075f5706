package dev.septet.llm.template.jinja;

/** Python's None. */
enum None {
    NONE
}
