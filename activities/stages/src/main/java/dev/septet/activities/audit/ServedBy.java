package dev.septet.activities.audit;

/**
 * Who answered.
 *
 * @param pipeline whose model it is
 * @param model name under which clients asked for it
 * @param version digest or number of the published version
 */
public record ServedBy(String pipeline, String model, String version, Arm arm) {}
