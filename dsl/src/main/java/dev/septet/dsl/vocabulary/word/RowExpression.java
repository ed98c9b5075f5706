package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.expression.RequiredResult;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The parameter is an expression over a row, written in braces. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface RowExpression {
    /** The result that the word requires of the expression. */
    RequiredResult value();

    /** The fields of a row; empty when only the dataset defines them. */
    String[] fields() default {};
}
