package dev.septet.workers.cli;

import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.option.Terminal;
import dev.septet.workers.cli.screen.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * Runs commands in this JVM and keeps what they say. A server of the machine that runs the tests is
 * not seen: port 1 stands for where one would listen.
 */
public final class Captured {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Path home;
    private Clock clock = Clock.systemUTC();

    /**
     * @param home the installation; also where the state and the user's folders are
     */
    public Captured(Path home) {
        this.home = home;
        environment.put("HOME", home.resolve("user").toString());
        environment.put("XDG_DATA_HOME", home.resolve("data").toString());
        environment.put("SEPTET_STATE", home.resolve("state").toString());
    }

    public Captured with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** The same on a machine whose clock stands still. */
    public Captured at(Instant time) {
        clock = Clock.fixed(time, ZoneOffset.UTC);
        return this;
    }

    public Session session() {
        return new Session(
                new Terminal(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false,
                        false,
                        Screen.PLAIN),
                environment,
                home,
                1,
                clock);
    }

    /** Exit code of a command. */
    public int run(Object... arguments) {
        out.reset();
        err.reset();
        String[] words = java.util.Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
        return Septet.commandLine(session()).execute(words);
    }

    /** A command line as it is understood, without running it. */
    public ParseResult parsed(String... words) {
        return Septet.commandLine(session()).parseArgs(words);
    }

    public String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    public String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
