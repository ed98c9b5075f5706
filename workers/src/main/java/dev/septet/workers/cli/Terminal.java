package dev.septet.workers.cli;

import dev.septet.workers.cli.screen.Screen;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The two streams of a command: results on standard output, everything else on standard error.
 *
 * @param live whether standard error is a terminal that may redraw its lines
 * @param screen standard output's width and colours
 */
record Terminal(PrintStream out, PrintStream err, boolean live, Screen screen) {
    /** This process's own streams. */
    static Terminal system(Map<String, String> environment) {
        boolean terminal =
                "true".equals(System.getProperty("septet.terminal"))
                        && !"dumb".equals(environment.get("TERM"));
        return new Terminal(
                utf8(System.out),
                utf8(System.err),
                terminal,
                Screen.of(
                        System.getProperty("septet.columns", ""),
                        "false".equals(System.getProperty("septet.plain")),
                        environment));
    }

    /** A line of the result. */
    void print(String line) {
        out.println(line);
    }

    /** A line about the work. */
    void note(String line) {
        err.println(line);
    }

    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
