package dev.septet.activities.audit;

/** One message of a conversation as sent: role and text. */
public record AuditedTurn(String role, String content) {}
