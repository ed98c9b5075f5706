package dev.septet.activities.prepare.split;

import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import java.util.SortedMap;

/**
 * Balanced classes of the training split, for the card.
 *
 * @param on the field with a row's class
 * @param classes by the class's name
 */
public record BalancedClasses(String on, BalanceSpec.Method by, SortedMap<String, Count> classes) {
    /**
     * Training rows of a class.
     *
     * @param rows rows before balancing
     * @param written rows in the training split's files
     */
    public record Count(long rows, long written) {}
}
