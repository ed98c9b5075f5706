package dev.septet.workers.cli.machine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.septet.dsl.pipeline.SpecJson;
import dev.septet.settings.Setting;
import dev.septet.workers.StateFolder;
import dev.septet.workers.cli.Version;
import dev.septet.workers.cli.option.ExitCode;
import dev.septet.workers.cli.option.Session;
import dev.septet.workers.cli.screen.Grid;
import dev.septet.workers.local.Connection;
import dev.septet.workers.server.BinaryFinder;
import dev.septet.workers.server.ServerProbe;
import dev.septet.workers.server.ServerProblem;
import dev.septet.workers.server.ServerRef;
import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code septet env}. */
@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Show versions, folders, and every setting with its source. Secrets are"
                + " never shown, only whether they are set.")
public final class EnvCommand implements Callable<Integer> {
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Session session;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    public EnvCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        List<EffectiveSetting> settings = new EffectiveSettings(session.environment()).all();
        if (json) {
            ObjectNode node = SpecJson.mapper().createObjectNode();
            node.set("versions", SpecJson.mapper().valueToTree(versions()));
            node.set("folders", SpecJson.mapper().valueToTree(folders()));
            ArrayNode array = node.putArray("settings");
            settings.forEach(setting -> array.add(SpecJson.mapper().valueToTree(setting)));
            session.terminal().print(node.toPrettyString());
            return ExitCode.OK;
        }
        print("version", versions());
        print("folder", folders());
        Grid grid = new Grid(session.terminal().screen(), "setting", "value", "from");
        settings.forEach(setting -> grid.row(setting.name(), setting.value(), setting.from()));
        session.terminal().print(grid.text());
        return ExitCode.OK;
    }

    private void print(String what, Map<String, String> entries) {
        Grid grid = new Grid(session.terminal().screen(), what, "");
        entries.forEach(grid::row);
        session.terminal().print(grid.text());
        session.terminal().print("");
    }

    private Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("septet", new Version().getVersion()[0].replace("septet ", ""));
        versions.put("java", Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
        versions.put(
                "system",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
        String sdk = WorkflowClient.class.getPackage().getImplementationVersion();
        versions.put("temporal sdk", sdk == null ? "unknown" : sdk);
        versions.put("temporal cli", cli());
        versions.put("temporal server", server());
        return versions;
    }

    private String cli() {
        try {
            return BinaryFinder.version(session.environment(), StateFolder.data(session.environment()))
                    .map(words -> words.replaceFirst("^temporal version ", ""))
                    .orElse("none yet; Septet downloads it when it starts a server");
        } catch (ServerProblem unusable) {
            return String.valueOf(unusable.getMessage());
        }
    }

    private String server() {
        Optional<ServerRef> found;
        try {
            found = session.servers().find();
        } catch (ServerProblem unreadable) {
            return String.valueOf(unreadable.getMessage());
        }
        if (found.isEmpty()) {
            return "none runs";
        }
        ServerRef server = found.get();
        if (!ServerProbe.mayListen(server.address())) {
            return server.address() + " does not answer";
        }
        try (Connection connection = Connection.open(server)) {
            return ServerProbe.version(connection.stubs(), ANSWER)
                    .map(version -> "%s at %s".formatted(version.isEmpty() ? "in memory" : version, server.address()))
                    .orElse(server.address() + " does not answer");
        } catch (IOException failure) {
            return server.address() + " does not answer";
        }
    }

    private Map<String, String> folders() {
        StateFolder state = session.state();
        Map<String, String> folders = new LinkedHashMap<>();
        folders.put("installation", session.home().toString());
        folders.put("state", state.path().toString());
        String store = Setting.STORE.value(session.environment());
        folders.put("artifacts", store == null ? state.store().toString() : store);
        folders.put("reports", state.reports().toString());
        folders.put("logs", state.logs().toString());
        folders.put("downloads", StateFolder.data(session.environment()).toString());
        folders.put("java", Path.of(System.getProperty("java.home")).toString());
        folders.replaceAll((name, path) -> Setting.withoutPassword(path));
        return folders;
    }
}
