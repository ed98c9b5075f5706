package dev.septet.dsl.bind;

/**
 * A parameter of a pipeline file: a value that may be changed when the pipeline is started.
 *
 * @param name the parameter's name
 * @param standard its default: text, a number (as {@link java.math.BigDecimal}) or a {@link Boolean}
 */
public record ParamDeclaration(String name, Object standard) {
    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_-]{0,63}";

    /** The type of its values, for messages. */
    public String kind() {
        return standard instanceof String ? "text" : standard instanceof Boolean ? "true or false" : "a number";
    }
}
