package dev.septet.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files that earlier versions of Septet wrote, in the test resources of the module that reads them. The version in the name
 * of a folder wrote its files, which never change afterwards.
 */
public final class EarlierVersions {
    /** The folders of all versions, by version. */
    public static final Path FOLDER = Path.of("src/test/resources/earlier");

    private static final Path CHANGELOG = Path.of(".github/CHANGELOG.md");
    private static final Pattern PRESENT = Pattern.compile("<version>([0-9.]+)(-SNAPSHOT)?</version>");
    private static final Pattern RELEASE = Pattern.compile("(?m)^## \\[([0-9]+\\.[0-9]+\\.[0-9]+)]");

    private EarlierVersions() {}

    /** The folders of all versions, oldest name first; never empty. */
    public static List<Path> all() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER)) {
            List<Path> versions = all.sorted().toList();
            assertThat(versions).isNotEmpty();
            return versions;
        }
    }

    /** The releases that the changelog names, newest first. */
    public static List<String> releases() throws IOException {
        return RELEASE.matcher(Files.readString(checkout().resolve(CHANGELOG)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The version that is being developed, as the root pom names it, without the suffix of snapshots. */
    public static String present() throws IOException {
        Matcher version = PRESENT.matcher(Files.readString(checkout().resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }

    /** The folder of the version that is being developed: what is missing there is recorded with it. */
    public static Path recorded() throws IOException {
        return FOLDER.resolve(present());
    }

    private static Path checkout() {
        Path checkout = Path.of("").toAbsolutePath();
        while (Files.notExists(checkout.resolve(CHANGELOG))) {
            checkout = checkout.resolve("..").normalize();
        }
        return checkout;
    }

    /** A copy of a folder of a version, for readers that also write. */
    public static Path copied(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.copy(file, target);
            }
        }
        return to;
    }
}
