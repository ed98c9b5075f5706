package dev.septet.activities.dataset.file;

import dev.septet.dsl.text.PublicText;
import java.io.IOException;
import java.util.Locale;

/** The file layout of records. */
public enum Container {
    LINES("JSON Lines"),
    ARRAY("a JSON list"),
    CSV("CSV");

    private final String title;

    Container(String title) {
        this.title = title;
    }

    /** The layout's usual name. */
    public String title() {
        return title;
    }

    /**
     * Determined by the file name's extension if it is known, else by the first byte that is not
     * white space.
     */
    public static Container of(String name, ByteCursor cursor) throws IOException {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".csv")) {
            return CSV;
        }
        if (lower.endsWith(".jsonl") || lower.endsWith(".ndjson")) {
            return LINES;
        }
        int first = cursor.peek();
        while (first == ' ' || first == '\n' || first == '\r' || first == '\t') {
            cursor.next();
            first = cursor.peek();
        }
        if (first == '[') {
            return ARRAY;
        }
        if (first == '{') {
            return LINES;
        }
        throw new DatasetProblem(
                DatasetProblem.Blame.DATA,
                PublicText.of(
                        "%s: is neither JSON nor named .csv; expected a .jsonl, .json or .csv file",
                        PublicText.file(name)));
    }
}
