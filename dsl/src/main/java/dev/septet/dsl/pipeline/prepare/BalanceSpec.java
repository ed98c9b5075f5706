package dev.septet.dsl.pipeline.prepare;

import static dev.septet.dsl.pipeline.Checks.require;

/**
 * Gives each class of the training split the same part in the training.
 *
 * @param on the field with a row's class
 */
public record BalanceSpec(String on, Method by) {
    public BalanceSpec {
        FieldName.check("on:", on);
        require(by != null, "balance needs by:");
    }

    /** How a small class gets its part. */
    public enum Method {
        /** Each epoch draws its rows anew. Each class has the same probability. */
        WEIGHTS,
        /** Rows of smaller classes are repeated, up to the size of the largest class. */
        OVERSAMPLE,
        /** Rows of larger classes are left out, down to the size of the smallest class. */
        UNDERSAMPLE
    }
}
