package dev.septet.workers.cli.screen;

/** The meaning of a word. Colours only repeat what the word says. */
public enum Style {
    PLAIN(""),
    GOOD("32"),
    BUSY("36"),
    WARN("33"),
    BAD("31"),
    QUIET("2"),
    STRONG("1");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    /** SGR parameter, as in ECMA-48; empty for none. */
    String code() {
        return code;
    }
}
