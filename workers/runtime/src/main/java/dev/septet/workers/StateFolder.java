package dev.septet.workers;

import dev.septet.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * Where Septet keeps what must outlive a process: the server's database, the artifact store, logs.
 *
 * @param path the folder
 */
public record StateFolder(Path path) {

    /**
     * {@code SEPTET_STATE}; else {@code .septet} in the checkout, so that one checkout's runs never
     * meet another's; else, where that cannot be written, the user's state folder.
     *
     * @param home the checkout or installation that this program runs from
     */
    public static StateFolder of(Map<String, String> environment, Path home) {
        String named = Setting.STATE.value(environment);
        if (named != null && !named.isBlank()) {
            return new StateFolder(Path.of(named).toAbsolutePath());
        }
        if (Files.isWritable(home)) {
            return new StateFolder(home.resolve(".septet").toAbsolutePath());
        }
        return new StateFolder(xdg(environment, Setting.XDG_STATE_HOME));
    }

    /** The user's data folder: what is fetched once for all checkouts. */
    public static Path data(Map<String, String> environment) {
        return xdg(environment, Setting.XDG_DATA_HOME);
    }

    private static Path xdg(Map<String, String> environment, Setting setting) {
        String named = setting.value(environment);
        if (named == null || named.isBlank()) {
            String home = Setting.HOME.value(environment);
            named = // the default begins with ~
                    setting.standard()
                            .replaceFirst(
                                    "^~",
                                    Matcher.quoteReplacement(home == null ? System.getProperty("user.home") : home));
        }
        return Path.of(named).resolve("septet").toAbsolutePath();
    }

    /** The artifact store. */
    public Path store() {
        return path.resolve("store");
    }

    /** The dev server's database file. */
    public Path database() {
        return path.resolve("temporal.db");
    }

    /** Audit logs of served models, a folder a pipeline. */
    public Path audit() {
        return path.resolve("audit");
    }

    /** Rows that reviewers made of feedback, a folder a pipeline. */
    public Path reviewed() {
        return path.resolve("reviewed");
    }

    /** Log files, one a process. */
    public Path logs() {
        return path.resolve("logs");
    }

    /** The newest report page of each pipeline. */
    public Path reports() {
        return path.resolve("reports");
    }

    /** Process ids and running activities of the processes that are supervised. */
    public Path processes() {
        return path.resolve("processes");
    }

    /** Where a started server is written down. */
    public Path server() {
        return path.resolve("server.json");
    }

    /** How the Temporal CLI, or any client, reaches the started server. */
    public Path profile() {
        return path.resolve("server.toml");
    }

    /** Held by the one process that may start a server on this folder. */
    public Path lock() {
        return path.resolve("septet.lock");
    }
}
