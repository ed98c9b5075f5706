package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.expression.Shape;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value or an option of a word.
 *
 * @param index its place among the method's parameters
 * @param optional whether it may be left out
 * @param several whether the word takes one or more of them
 * @param example how it is written; empty when the kind says enough
 * @param path what it leads to, when it is a path
 * @param textMeans the word that plain text stands for, when the slot takes words
 * @param perRow what its expressions look like, when it takes them
 */
public record WordParameter(
        String name,
        int index,
        ValueType type,
        boolean optional,
        boolean several,
        String example,
        Optional<PathTo.Place> path,
        Optional<String> textMeans,
        Optional<Shape> perRow) {
    static WordParameter of(Parameter parameter, int index) {
        var example = parameter.getAnnotation(Example.class);
        var means = parameter.getAnnotation(TextShorthand.class);
        var perRow = parameter.getAnnotation(RowExpression.class);
        var path = parameter.getAnnotation(PathTo.class);
        return new WordParameter(
                parameter.getName(),
                index,
                ValueType.of(
                        parameter.isVarArgs()
                                ? parameter.getType().getComponentType()
                                : parameter.getParameterizedType()),
                isNullable(parameter),
                parameter.isVarArgs(),
                example == null ? "" : example.value(),
                Optional.ofNullable(path).map(PathTo::value),
                Optional.ofNullable(means).map(TextShorthand::value),
                Optional.ofNullable(perRow).map(rule -> new Shape(rule.value(), List.of(rule.fields()))));
    }

    /** Of a word that a jar declares. */
    static WordParameter declared(
            String name, int index, ValueType type, boolean optional, String example, Optional<PathTo.Place> path) {
        return new WordParameter(name, index, type, optional, false, example, path, Optional.empty(), Optional.empty());
    }

    static boolean isNullable(Parameter parameter) {
        AnnotatedType type = parameter.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }
}
