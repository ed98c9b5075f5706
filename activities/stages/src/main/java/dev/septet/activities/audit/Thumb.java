package dev.septet.activities.audit;

/** A person's opinion of an answer. */
public enum Thumb {
    UP,
    DOWN
}
