package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Plain text where a word is taken: it stands for the named word with this text as its value. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface TextShorthand {
    /** The word, such as {@code file} for {@code dataset 'data/rows.jsonl'}. */
    String value();
}
