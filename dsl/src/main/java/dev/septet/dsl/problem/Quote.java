package dev.septet.dsl.problem;

/** Author's text inside a message: short, on one line, and harmless to a terminal. */
public final class Quote {
    private static final int MOST = 60;

    private Quote() {}

    /** The text between backticks, as code is shown. */
    public static String code(String text) {
        return "`" + plain(text) + "`";
    }

    /** The text, cut after {@value #MOST} characters, with control characters made visible. */
    public static String plain(String text) {
        var shown = new StringBuilder();
        int[] points = text.codePoints().limit(MOST + 1L).toArray();
        for (int i = 0; i < Math.min(points.length, MOST); i++) {
            shown.append(visible(points[i]));
        }
        return points.length > MOST ? shown.append("...").toString() : shown.toString();
    }

    /**
     * A file's name as it was given, however long: cut, nobody could open it. Control characters
     * are made visible.
     */
    public static String file(String name) {
        var shown = new StringBuilder();
        name.codePoints().forEach(point -> shown.append(visible(point)));
        return shown.toString();
    }

    /** Characters that move the cursor or hide, as their number. */
    static String visible(int point) {
        boolean hidden =
                switch (Character.getType(point)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED ->
                            true;
                    default -> false;
                };
        return hidden ? "<U+%04X>".formatted(point) : Character.toString(point);
    }
}
