package dev.septet.activities.audit;

/** A person's feedback on an answer. */
public enum Thumb {
    UP,
    DOWN
}
