package dev.septet.workflows.canary;

/**
 * One measure of both models.
 *
 * @param measure what is compared, such as {@code failed requests}
 * @param champion the present model's: a share from 0 to 1, milliseconds or characters
 * @param challenger the new model's
 * @param proven whether the new model is worse than allowed beyond doubt: the corrected one-sided
 *     test says so
 * @param worse whether it is worse than allowed by the numbers as they are
 * @param sentence all of it in plain words, without anything that anybody wrote
 */
public record CanaryFinding(
        String measure, double champion, double challenger, boolean proven, boolean worse, String sentence) {}
