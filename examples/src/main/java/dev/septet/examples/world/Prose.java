package dev.septet.examples.world;

import java.util.List;

/** How words become sentences. */
public final class Prose {
    private Prose() {}

    /** First letter in upper case. */
    public static String sentence(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    /** "a" or "an", and the word. */
    public static String a(String word) {
        return ("aeiou".indexOf(Character.toLowerCase(word.charAt(0))) >= 0 ? "an " : "a ") + word;
    }

    /** Sentences with one space between them; empty ones leave no trace. */
    public static String join(List<String> sentences) {
        return String.join(" ", sentences.stream().filter(s -> !s.isEmpty()).toList());
    }
}
