package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.expression.RequiredResult;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The parameter is an expression over a row, in braces. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface RowExpression {
    /** What the word needs of it. */
    RequiredResult value();

    /** The fields that a row has; none when only the rows know. */
    String[] fields() default {};
}
