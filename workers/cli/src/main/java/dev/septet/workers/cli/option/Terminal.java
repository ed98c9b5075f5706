package dev.septet.workers.cli.option;

import dev.septet.dsl.text.PublicText;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.screen.Screen;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The output streams of a command: results go to standard output, everything else to standard
 * error.
 *
 * @param live whether standard error is a terminal whose lines may be redrawn
 * @param interactive whether the user can be prompted: standard input and standard error are terminals
 * @param screen standard output's width and colours
 */
public record Terminal(PrintStream out, PrintStream err, boolean live, boolean interactive, Screen screen) {
    /** The streams of this process. */
    static Terminal system(Map<String, String> environment) {
        boolean terminal =
                "true".equals(System.getProperty("septet.terminal")) && !"dumb".equals(Setting.TERM.value(environment));
        return new Terminal(
                utf8(System.out),
                utf8(System.err),
                terminal,
                terminal && "true".equals(System.getProperty("septet.input")),
                Screen.of(
                        System.getProperty("septet.columns", ""),
                        "false".equals(System.getProperty("septet.plain")),
                        environment));
    }

    /** Prints a line of the result, or JSON. Nothing in it can control the terminal. */
    public void print(String line) {
        boolean json = line.startsWith("{") || line.startsWith("[");
        out.println(json ? PublicText.json(line) : screen.line(line));
    }

    /** Prints a line about the work to standard error. Nothing in it can control the terminal. */
    public void note(String line) {
        err.println(Screen.plain(line));
    }

    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
