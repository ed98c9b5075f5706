package dev.septet.workers;

import dev.septet.settings.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The folder for data that must outlive a process: the server's database, the artifact store and
 * logs.
 *
 * @param path the folder
 */
public record StateFolder(Path path) {

    /**
     * The folder that {@code SEPTET_STATE} names. Without it, {@code .septet} in the checkout, so
     * that checkouts never share runs. If the checkout cannot be written, the user's state folder.
     * An installed archive also uses the user's state folder, so that a new version finds the runs.
     *
     * @param home the checkout or installation that this program runs from
     */
    public static StateFolder of(Map<String, String> environment, Path home) {
        String named = Setting.STATE.value(environment);
        if (named != null && !named.isBlank()) {
            return new StateFolder(Path.of(named).toAbsolutePath());
        }
        if (Files.isWritable(home) && !installed(home)) {
            return new StateFolder(home.resolve(".septet").toAbsolutePath());
        }
        return new StateFolder(xdg(environment, Setting.XDG_STATE_HOME));
    }

    /** Whether this program runs from an archive: only there, the launcher's class path is in {@code lib}. */
    private static boolean installed(Path home) {
        return Files.exists(home.resolve("lib/septet.classpath"));
    }

    /** The user's data folder, for files that are fetched once for all checkouts. */
    public static Path data(Map<String, String> environment) {
        return xdg(environment, Setting.XDG_DATA_HOME);
    }

    /** The user's cache folder for Septet, for files that can be recreated. */
    public static Path cache(Map<String, String> environment) {
        return xdg(environment, Setting.XDG_CACHE_HOME);
    }

    private static Path xdg(Map<String, String> environment, Setting setting) {
        String named = setting.value(environment);
        if (named == null || named.isBlank()) {
            String home = Setting.HOME.value(environment);
            named = // the default value begins with ~
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

    /** Audit logs of served models, one folder per pipeline. */
    public Path audit() {
        return path.resolve("audit");
    }

    /** Dataset rows that reviewers made from feedback, one folder per pipeline. */
    public Path reviewed() {
        return path.resolve("reviewed");
    }

    /** Run folders of outside trainers. */
    public Path trainers() {
        return path.resolve("trainers");
    }

    /** Log files, one per process. */
    public Path logs() {
        return path.resolve("logs");
    }

    /** The newest report page of each pipeline. */
    public Path reports() {
        return path.resolve("reports");
    }

    /** Process ids and running activities of supervised processes. */
    public Path processes() {
        return path.resolve("processes");
    }

    /** The file that records the last backup. */
    public Path lastBackup() {
        return path.resolve("last-backup.json");
    }

    /** The file that records a started server. */
    public Path server() {
        return path.resolve("server.json");
    }

    /** The profile with which the Temporal CLI or any client connects to the started server. */
    public Path profile() {
        return path.resolve("server.toml");
    }

    /** The variables that choose the CUDA build of libtorch; the launcher reads the same file. */
    public Path gpu() {
        return path.resolve("gpu.env");
    }

    /** The lock file of the one process that may start a server on this folder. */
    public Path lock() {
        return path.resolve("septet.lock");
    }
}
