package dev.septet.workers.cli.screen;

import java.util.ArrayList;
import java.util.List;

/** Wraps text into lines. */
public final class Wrap {
    private Wrap() {}

    /**
     * Lines of at most {@code width} characters. Lines break at spaces; a word that is too long is
     * split.
     */
    public static List<String> of(String text, int width) {
        return of(text, width, width);
    }

    /** The wrapped lines as one text, with all lines after the first indented. */
    public static String hanging(String text, int width, int indent) {
        int rest = Math.max(1, width - indent);
        return String.join("\n" + " ".repeat(indent), of(text, Math.max(1, width), rest));
    }

    private static List<String> of(String text, int first, int others) {
        List<String> lines = new ArrayList<>();
        int width = first;
        for (String paragraph : text.split("\n", -1)) {
            String rest = paragraph;
            while (rest.length() > width) {
                int space = rest.lastIndexOf(' ', width);
                int end = space > 0 ? space : width;
                lines.add(rest.substring(0, end).stripTrailing());
                rest = rest.substring(end).stripLeading();
                width = others;
            }
            lines.add(rest);
            width = others;
        }
        return lines;
    }
}
