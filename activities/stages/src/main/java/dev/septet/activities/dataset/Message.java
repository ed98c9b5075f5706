package dev.septet.activities.dataset;

/** One turn of a chat. */
public record Message(Role role, String content) {}
