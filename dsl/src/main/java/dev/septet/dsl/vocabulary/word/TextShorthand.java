package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Allows plain text instead of a value word: the text means the named word with this text as its value. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface TextShorthand {
    /** The word that the text stands for, such as {@code file} in {@code dataset 'data/rows.jsonl'}. */
    String value();
}
