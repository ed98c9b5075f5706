package dev.septet.dsl.vocabulary;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.pipeline.ExtensionSpec;
import dev.septet.dsl.vocabulary.word.EnumName;
import org.jspecify.annotations.Nullable;

/**
 * A bare word of a list that jars may extend: one of Septet's own, or a jar's.
 *
 * @param builtIn null when it is a jar's
 * @param declared the jar's declaration of its word; null when the word is Septet's own
 * @param extension the jar's word as the file uses it; null when it is Septet's own
 * @param arguments what the file writes in parentheses behind Septet's own word; null for none
 */
public record ExtensibleChoice<E extends Enum<?>>(
        @Nullable E builtIn,
        @Nullable ExtensionWord declared,
        @Nullable ExtensionSpec extension,
        @Nullable Record arguments) {
    /** A jar's word. */
    static <E extends Enum<?>> ExtensibleChoice<E> of(ExtensionWord declared, ExtensionSpec extension) {
        return new ExtensibleChoice<>(null, declared, extension, null);
    }

    /** One of Septet's own words with its arguments. */
    public static <E extends Enum<?>> ExtensibleChoice<E> of(E builtIn, @Nullable Record arguments) {
        return new ExtensibleChoice<>(builtIn, null, null, arguments);
    }

    public static <E extends Enum<?>> ExtensibleChoice<E> of(E builtIn) {
        return of(builtIn, null);
    }

    /** As the pipeline file writes it, without options. */
    String shown() {
        return extension != null ? extension.word() : builtIn == null ? "" : EnumName.of(builtIn);
    }
}
