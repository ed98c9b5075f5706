package dev.septet.examples.world;

import java.util.List;

/** Formats words as sentences. */
public final class Prose {
    private Prose() {}

    /** The text with its first letter in upper case. */
    public static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** The word after "a" or "an". */
    public static String a(String word) {
        return ("aeiou".indexOf(Character.toLowerCase(word.charAt(0))) >= 0 ? "an " : "a ") + word;
    }

    /** Joins sentences with one space between them, and omits empty ones. */
    public static String join(List<String> sentences) {
        return String.join(" ", sentences.stream().filter(s -> !s.isEmpty()).toList());
    }
}
