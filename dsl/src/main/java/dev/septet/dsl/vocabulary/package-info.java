/**
 * The words of the pipeline language. The public methods of the {@code ...Dsl} classes are the only list of words. A
 * method without a result is a statement; a method with a result is a value word. A parameter is a value of the word,
 * an {@link dev.septet.dsl.vocabulary.word.Option} parameter is an option, and a {@code Consumer} is the word's block.
 * Editors show the Javadoc of these methods, and the reference pages print it.
 */
@NullMarked
package dev.septet.dsl.vocabulary;

import org.jspecify.annotations.NullMarked;
