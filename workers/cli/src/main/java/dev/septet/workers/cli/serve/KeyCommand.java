package dev.septet.workers.cli.serve;

import dev.septet.workers.cli.option.CliProblem;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.serve.keys.ApiKey;
import dev.septet.workers.serve.keys.KeyLine;
import dev.septet.workers.serve.keys.KeyScope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code septet key}. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        description = "Make API keys for `septet serve` and `septet ui`.")
public final class KeyCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private KeyCommand() {}

    public static CommandLine commandLine(Session session) {
        return new CommandLine(new KeyCommand()).addSubcommand(new Create(session));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "use `create`");
    }

    /** {@code septet key create}. */
    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Make a key, print it once, and add its hash to a key file. A running server"
                    + " reads the file again within a second.")
    static final class Create implements Callable<Integer> {
        private final Session session;

        @Parameters(paramLabel = "NAME", description = "Name of the key in logs and messages")
        private String name = "";

        @Option(
                names = "--key-file",
                paramLabel = "FILE",
                required = true,
                description =
                        "File to add the key to; created, readable by its owner only, when it does" + " not exist")
        private Path file = Path.of("");

        @Option(
                names = "--scope",
                paramLabel = "SCOPE",
                split = ",",
                description =
                        "Scopes of the key: chat, feedback, models for `septet serve`; ui-read, ui-act, ui-review for `septet ui`."
                                + " Default: chat, feedback, models")
        private List<String> scopes = new ArrayList<>();

        @Option(
                names = "--model",
                paramLabel = "NAME",
                split = ",",
                description = "Models that the key may use; NAME* matches all names that begin with NAME."
                        + " Default: all models")
        private List<String> models = new ArrayList<>();

        @Option(
                names = "--expires",
                paramLabel = "DATE",
                description = "Last day (UTC) on which the key is valid, or an instant")
        private @Nullable String expires;

        Create(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() throws IOException {
            String key = ApiKey.random();
            String line;
            try {
                Instant end = expires == null ? null : KeyLine.expires(expires);
                Set<KeyScope> granted = scopes.isEmpty() ? KeyScope.MODEL_SERVER : KeyLine.scopes(scopes);
                line = KeyLine.write(new ApiKey(name, ApiKey.plain(key).sha256(), granted, models, end));
                KeyLine.read(before() + line);
            } catch (IllegalArgumentException wrong) {
                throw new CliProblem(ExitCode.USAGE, "%s: %s".formatted(file, wrong.getMessage()));
            }
            append(line + "\n");
            session.terminal().print(key);
            session.terminal().note("The key '%s' is in %s as a hash. It is shown here once.".formatted(name, file));
            return ExitCode.OK;
        }

        /** The file's text, so that the new line is checked together with the existing ones. */
        private String before() throws IOException {
            try {
                String text = Files.readString(file);
                return text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
            } catch (NoSuchFileException none) {
                return "";
            }
        }

        private void append(String line) throws IOException {
            boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
            if (Files.notExists(file)) {
                if (posix) {
                    Files.createFile(
                            file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                } else {
                    Files.createFile(file);
                }
            }
            boolean open = !before().isEmpty() && !Files.readString(file).endsWith("\n");
            Files.write(file, ((open ? "\n" : "") + line).getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
        }
    }
}
