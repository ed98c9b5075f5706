package dev.septet.dsl.bind;

import dev.septet.dsl.vocabulary.Words;

/**
 * A block that is being read.
 *
 * @param name the word before it; empty for the file itself
 * @param way the dotted way to it, ending with a dot; empty for the file and its pipeline
 * @param words what it knows
 * @param target the object that its words are said to
 */
record NameScope(String name, String way, Words words, Object target) {
    /** How a message names it. */
    String shown() {
        return name.isEmpty() ? "at the top of the file" : "in `" + name + "`";
    }
}
