package dev.septet.activities.dataset;

/** One turn of a chat. */
public record Message(ChatRole role, String content) {}
