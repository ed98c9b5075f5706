package dev.septet.activities.audit;

/** What a person thought of an answer. */
public enum Thumb {
    UP,
    DOWN
}
