package dev.septet.examples.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A program at a real pseudo-terminal of 24 lines and 100 columns, and a person who types. */
final class PseudoTerminal implements AutoCloseable {
    static final char CTRL_C = 3;
    static final char CTRL_D = 4;

    /** What a terminal is told beside text: colours, places, modes. */
    private static final String SEQUENCE = "\u001b(\\[[0-?]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78cM])";

    private static final String RELAY = """
            import fcntl, os, pty, select, signal, struct, sys, termios
            master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
            child = os.fork()
            if child == 0:
                os.setsid()
                # Whoever started the tests may have told them to ignore these; a terminal's programs do not.
                for number in signal.SIGINT, signal.SIGQUIT, signal.SIGHUP:
                    signal.signal(number, signal.SIG_DFL)
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                for fd in 0, 1, 2:
                    os.dup2(slave, fd)
                os.closerange(3, 256)
                os.execvp(sys.argv[1], sys.argv[1:])
            os.close(slave)
            sources = [master, 0]
            while True:
                for fd in select.select(sources, [], [])[0]:
                    try:
                        data = os.read(fd, 65536)
                    except OSError:
                        data = b''
                    if fd == master:
                        if not data:
                            status = os.waitpid(child, 0)[1]
                            sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
                        os.write(1, data)
                    elif data:
                        os.write(master, data)
                    else:
                        sources.remove(0)
            """;

    private final Process relay;
    private final Thread reader;
    private final StringBuilder raw = new StringBuilder();

    private PseudoTerminal(Process relay) {
        this.relay = relay;
        this.reader = new Thread(this::read, "pseudo-terminal");
        reader.setDaemon(true);
        reader.start();
    }

    static PseudoTerminal start(Path folder, Map<String, String> environment, String... command) throws IOException {
        List<String> whole = new ArrayList<>(List.of("python3", "-c", RELAY));
        whole.addAll(List.of(command));
        ProcessBuilder builder =
                new ProcessBuilder(whole).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().putAll(environment);
        return new PseudoTerminal(builder.start());
    }

    /** Types this, as it stands. */
    void type(String keys) throws IOException {
        OutputStream keyboard = relay.getOutputStream();
        keyboard.write(keys.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    void press(char key) throws IOException {
        type(String.valueOf(key));
    }

    /**
     * Waits until the program has written this behind a place.
     *
     * @return the place behind it
     */
    int await(String text, int from, Duration within) {
        Awaitility.await(text)
                .atMost(within)
                .failFast("it ended. It wrote:\n" + text(), () -> !relay.isAlive() && text().indexOf(text, from) < 0)
                .until(() -> text().indexOf(text, from) >= 0);
        return text().indexOf(text, from) + text.length();
    }

    /** What has been written so far, without what only a terminal understands. */
    String text() {
        return raw().replaceAll(SEQUENCE, "");
    }

    /** Every character that has been written so far. */
    String raw() {
        synchronized (raw) {
            return raw.toString();
        }
    }

    /** Waits for the program's end; its exit code, 128 + n when signal n ended it. */
    int end(Duration within) throws InterruptedException {
        if (!relay.waitFor(within.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end in " + within + ". It wrote:\n" + text());
        }
        reader.join();
        return relay.exitValue();
    }

    private void read() {
        byte[] buffer = new byte[8192];
        try (InputStream in = relay.getInputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String piece = new String(buffer, 0, count, StandardCharsets.UTF_8);
                synchronized (raw) {
                    raw.append(piece);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        relay.descendants().forEach(ProcessHandle::destroy);
        relay.destroy();
    }
}
