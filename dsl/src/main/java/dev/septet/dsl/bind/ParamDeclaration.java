package dev.septet.dsl.bind;

/**
 * A value of a pipeline file that whoever starts it may change.
 *
 * @param name the name it is given under
 * @param standard what it is when nothing is given: text, a number (as {@link
 *     java.math.BigDecimal}) or a {@link Boolean}
 */
public record ParamDeclaration(String name, Object standard) {
    public static final String NAME_PATTERN = "[A-Za-z][A-Za-z0-9_-]{0,63}";

    /** What may be given for it, in an author's words. */
    public String kind() {
        return standard instanceof String ? "text" : standard instanceof Boolean ? "true or false" : "a number";
    }
}
