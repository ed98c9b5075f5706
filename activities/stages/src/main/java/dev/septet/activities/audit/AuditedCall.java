package dev.septet.activities.audit;

/**
 * A call of a tool by the model.
 *
 * @param id the call's id, which the message with its result names
 * @param arguments JSON, as the model wrote it
 */
public record AuditedCall(String id, String name, String arguments) {}
