package dev.septet.workers.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.common.VersioningBehavior;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which version a worker has. */
class WorkerVersionTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void workersHaveNoVersionUnlessToldSo() {
        assertThat(WorkerVersion.of(null, null, Map.of(), List.of())).isNull();
        assertThat(WorkerVersion.of(null, null, Map.of("SEPTET_DEPLOYMENT", "gpu"), List.of()))
                .isNull();
        assertThat(WorkerVersion.of("1.4.0", null, Map.of(), List.of()))
                .isEqualTo(new WorkerVersion("septet", "1.4.0"));
        assertThat(WorkerVersion.of(null, null, Map.of("SEPTET_BUILD_ID", "7", "SEPTET_DEPLOYMENT", "gpu"), List.of()))
                .isEqualTo(new WorkerVersion("gpu", "7"));
        assertThat(WorkerVersion.of("8", "cpu", Map.of("SEPTET_BUILD_ID", "7", "SEPTET_DEPLOYMENT", "gpu"), List.of()))
                .as("options before settings")
                .isEqualTo(new WorkerVersion("cpu", "8"));
        assertThatThrownBy(() -> WorkerVersion.of(null, "cpu", Map.of(), List.of()))
                .hasMessage("--deployment names the deployment of a version; add --build-id ID, or leave it out");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "a:b", "'", "../x", "-x", "ä", "\u202e1"})
    void otherNamesAreRefused(String name) {
        assertThatThrownBy(() -> WorkerVersion.checked("septet", name))
                .hasMessageStartingWith("a build id has 1 to 63 letters, digits and . _ + -, got '");
        assertThatThrownBy(() -> WorkerVersion.checked(name, "1"))
                .hasMessageStartingWith("a deployment's name has 1 to 63 letters");
    }

    @Test
    void runsAreKeptOnTheirVersion() {
        var options = new WorkerVersion("septet", "1").options();
        assertThat(options.isUsingVersioning()).isTrue();
        assertThat(options.getDefaultVersioningBehavior()).isEqualTo(VersioningBehavior.PINNED);
    }

    @Test
    void equalFilesAreTheSameBuildOnEveryMachine() throws IOException {
        List<Path> here = program("here", "same");
        List<Path> there = program("there/with/another/path", "same");
        List<Path> changed = program("changed", "other");

        WorkerVersion version = auto(here);
        assertThat(version.buildId()).matches("[0-9a-f]{16}");
        assertThat(auto(there)).isEqualTo(version);
        assertThat(auto(List.of(there.get(1), there.get(0)))).isEqualTo(version);
        assertThat(auto(changed)).isNotEqualTo(version);
        assertThat(auto(here.subList(0, 1))).isNotEqualTo(version);
    }

    private static WorkerVersion auto(List<Path> program) {
        return java.util.Objects.requireNonNull(WorkerVersion.of("auto", null, Map.of(), program));
    }

    private List<Path> program(String name, String content) throws IOException {
        Path jar = folder.resolve(name).resolve("septet.jar");
        Path classes = folder.resolve(name).resolve("classes/dev");
        Files.createDirectories(classes);
        Files.writeString(jar, "a jar");
        Files.writeString(classes.resolve("A.class"), content);
        return List.of(jar, classes.getParent());
    }
}
