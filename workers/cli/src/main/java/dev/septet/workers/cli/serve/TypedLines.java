package dev.septet.workers.cli.serve;

import java.io.IOException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** Reads lines that the user types at this process's terminal. */
public final class TypedLines implements AutoCloseable {
    private final org.jline.terminal.Terminal terminal;
    private final LineReader reader;

    private TypedLines(org.jline.terminal.Terminal terminal) {
        this.terminal = terminal;
        this.reader = LineReaderBuilder.builder()
                .appName("septet")
                .terminal(terminal)
                // `!` is an ordinary character, not a shell's history expansion.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    public static TypedLines open() throws IOException {
        return new TypedLines(TerminalBuilder.builder().system(true).build());
    }

    /** The next line; null at the end of input, by Ctrl-D or Ctrl-C. */
    public @Nullable String line(String question) {
        try {
            return reader.readLine(question);
        } catch (EndOfFileException | UserInterruptException ended) {
            return null;
        }
    }

    /** Sets the action of Ctrl-C while no line is read. */
    void onInterrupt(Runnable action) {
        terminal.handle(Signal.INT, signal -> action.run());
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
