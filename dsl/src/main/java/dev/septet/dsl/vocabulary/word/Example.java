package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How the word or value is written, shown where it is missing or of the wrong kind. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER})
public @interface Example {
    /** A line of the language. */
    String value();
}
