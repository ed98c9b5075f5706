package dev.septet.dsl.vocabulary.word;

import dev.septet.dsl.expression.Shape;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value or an option of a word: one parameter of its method.
 *
 * @param index its index among the method's parameters
 * @param optional whether it may be omitted
 * @param several whether the word takes one or more of these values
 * @param example how the value is written; empty when its kind is clear enough
 * @param path the kind of file or folder, when the value is a path
 * @param textMeans the word that plain text stands for, when the slot takes value words
 * @param rowExpression the shape of its expressions over a row, when it takes expressions
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
        Optional<Shape> rowExpression) {
    static WordParameter of(Parameter parameter, int index) {
        var example = parameter.getAnnotation(Example.class);
        var means = parameter.getAnnotation(TextShorthand.class);
        var rowExpression = parameter.getAnnotation(RowExpression.class);
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
                Optional.ofNullable(rowExpression).map(rule -> new Shape(rule.value(), List.of(rule.fields()))));
    }

    /** This parameter with the example of another one, which takes the same plain values. */
    public WordParameter like(WordParameter other) {
        return new WordParameter(name, index, type, optional, several, other.example, path, textMeans, rowExpression);
    }

    /** Of a word that a jar declares. */
    public static WordParameter declared(
            String name, int index, ValueType type, boolean optional, String example, Optional<PathTo.Place> path) {
        return new WordParameter(name, index, type, optional, false, example, path, Optional.empty(), Optional.empty());
    }

    static boolean isNullable(Parameter parameter) {
        AnnotatedType type = parameter.getAnnotatedType();
        return type.isAnnotationPresent(Nullable.class);
    }
}
