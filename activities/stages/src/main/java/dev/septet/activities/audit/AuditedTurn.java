package dev.septet.activities.audit;

/** One message of a conversation as it was sent: role and text. */
public record AuditedTurn(String role, String content) {}
