package dev.septet.dsl.extension;

/**
 * A word that a jar adds to the pipeline language. Implement the interface of the word's kind, such
 * as {@code MetricExtension}: it extends this one and says what the word does. Name the class, which
 * is public and has a public constructor without parameters, in {@code
 * META-INF/services/dev.septet.dsl.extension.Extension}.
 */
public interface Extension {
    /** The word: the same in every process. */
    ExtensionWord word();
}
