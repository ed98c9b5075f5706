package dev.septet.activities.audit;

/**
 * The model that answered.
 *
 * @param pipeline the model's pipeline
 * @param model model name in the request
 * @param version digest or number of the published version
 */
public record ServedBy(String pipeline, String model, String version, Arm arm) {}
