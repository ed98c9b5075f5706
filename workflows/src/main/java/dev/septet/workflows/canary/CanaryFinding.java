package dev.septet.workflows.canary;

/**
 * One measure of both models.
 *
 * @param measure what is compared, such as {@code failed requests}
 * @param champion the present model's value: a share from 0 to 1, milliseconds or characters
 * @param challenger the new model's value
 * @param proven whether the corrected one-sided test proves that the new model is worse than allowed
 * @param worse whether the numbers so far are worse than allowed, proven or not
 * @param sentence all of this in a sentence, without text that users wrote
 */
public record CanaryFinding(
        String measure, double champion, double challenger, boolean proven, boolean worse, String sentence) {}
