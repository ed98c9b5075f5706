package dev.septet.dsl.vocabulary.word;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The block must contain this word. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Required {
    /** Another word of the block that makes this one unnecessary; empty = none. */
    String unless() default "";
}
