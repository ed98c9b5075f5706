package dev.septet.dsl.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.dsl.EarlierVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Specs that earlier versions wrote: each is read, and has the same bytes and digest when it is written again. The version in the
 * name of a folder wrote its file, which never changes afterwards. A release adds a folder: {@code -Dgolden.update=true} writes
 * that of the version in the root pom if it is missing.
 */
class EarlierSpecsTest {
    private static final int SPECS = 40;
    private static final int DIGEST_LENGTH = 64;

    @Test
    void keepTheirBytesAndDigests() throws IOException {
        write(EarlierVersions.recorded().resolve("specs.txt"));
        int read = 0;
        for (Path version : EarlierVersions.all()) {
            for (String line : Files.readAllLines(version.resolve("specs.txt"))) {
                String json = line.substring(DIGEST_LENGTH + 1);
                PipelineSpec spec = SpecJson.mapper().readValue(json, PipelineSpec.class);
                assertThat(SpecJson.mapper().writeValueAsString(spec))
                        .as("a spec of %s", version)
                        .isEqualTo(json);
                assertThat(SpecDigest.of(spec))
                        .as("of %s: %s", version, json)
                        .isEqualTo(line.substring(0, DIGEST_LENGTH));
                read++;
            }
        }
        assertThat(read).isGreaterThanOrEqualTo(SPECS);
    }

    @Test
    void eachReleaseHasItsSpecs() throws IOException {
        for (String release : EarlierVersions.releases()) {
            assertThat(EarlierVersions.FOLDER.resolve(release).resolve("specs.txt"))
                    .as("written with release %s", release)
                    .isRegularFile();
        }
    }

    private static void write(Path file) throws IOException {
        if (!Boolean.getBoolean("golden.update") || Files.exists(file)) {
            return;
        }
        List<String> lines = new ArrayList<>();
        for (int seed = 0; seed < SPECS; seed++) {
            PipelineSpec spec = new RandomSpecs(seed).pipeline();
            lines.add(SpecDigest.of(spec) + " " + SpecJson.mapper().writeValueAsString(spec));
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, lines);
    }
}
