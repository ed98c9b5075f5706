package dev.septet.workers.cli.option;

import dev.septet.dsl.text.PublicText;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.screen.Screen;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The two streams of a command: results on standard output, everything else on standard error.
 *
 * @param live whether standard error is a terminal that may redraw its lines
 * @param asks whether a person can be asked: standard input and standard error are a terminal
 * @param screen standard output's width and colours
 */
public record Terminal(PrintStream out, PrintStream err, boolean live, boolean asks, Screen screen) {
    /** This process's own streams. */
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

    /** A line of the result, or JSON; nothing in it can steer a terminal. */
    public void print(String line) {
        boolean json = line.startsWith("{") || line.startsWith("[");
        out.println(json ? PublicText.json(line) : screen.line(line));
    }

    /** A line about the work; nothing in it can steer a terminal. */
    public void note(String line) {
        err.println(Screen.plain(line));
    }

    private static PrintStream utf8(PrintStream stream) {
        return new PrintStream(stream, true, StandardCharsets.UTF_8);
    }
}
