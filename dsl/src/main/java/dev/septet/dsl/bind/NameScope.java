package dev.septet.dsl.bind;

import dev.septet.dsl.vocabulary.Words;

/**
 * A block that is being bound.
 *
 * @param name the word that opens it; empty for the file itself
 * @param wordPath its dotted path, ending with a dot; empty for the file and its pipeline
 * @param words the words of the block
 * @param target the object that its words are called on
 */
record NameScope(String name, String wordPath, Words words, Object target) {
    /** The block in a message. */
    String shown() {
        return name.isEmpty() ? "at the top of the file" : "in `" + name + "`";
    }
}
