/**
 * The words of the language. The public methods of the {@code ...Dsl} classes are the only list of
 * them: a method without a result is a statement, a method with one is a value, a parameter is a
 * value of the word, a {@link dev.septet.dsl.vocabulary.word.Option} parameter an option, a {@code
 * Consumer} its block. Their Javadoc is what an editor shows and what the reference prints.
 */
@NullMarked
package dev.septet.dsl.vocabulary;

import org.jspecify.annotations.NullMarked;
