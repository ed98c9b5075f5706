package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An example of the word or value. Error messages show it when the value is missing or has the wrong kind. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.PARAMETER})
public @interface Example {
    /** The example, as written in a pipeline file. */
    String value();
}
