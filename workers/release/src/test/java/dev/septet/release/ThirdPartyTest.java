package dev.septet.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ThirdPartyTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void listsLibrariesWithTheirLicences() throws IOException {
        Path sbom = sbom("""
            {"group": "org.b", "name": "b", "version": "2", "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own"}}]},
            {"group": "org.a", "name": "a", "version": "1", "licenses": [{"expression": "Apache-2.0"}]},
            {"group": "dev.septet", "name": "septet-dsl", "version": "0.1.0"}\
            """);

        assertThat(ThirdParty.lines(sbom)).containsExactly("org.a:a 1: Apache-2.0", "org.b:b 2: MIT, Own");
    }

    @Test
    void refusesALibraryWithoutLicence() throws IOException {
        Path sbom = sbom("{\"group\": \"org.a\", \"name\": \"a\", \"version\": \"1\"}");

        assertThatThrownBy(() -> ThirdParty.lines(sbom)).hasMessageContaining("names no licence of org.a:a");
        assertThatThrownBy(() -> ThirdParty.lines(sbom(""))).hasMessageContaining("names no library");
    }

    /** Names from a jar never lead out of the folder. */
    @Test
    void copiesTheTextsOfAJar() throws IOException {
        Path jar = folder.resolve("a-1.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name :
                    List.of("META-INF/LICENSE", "NOTICE.txt", "META-INF/licenses/../LICENSE", "a/LICENSE.class")) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(1);
            }
        }

        assertThat(ThirdParty.copyTexts(List.of(jar), folder.resolve("texts"))).isEqualTo(2);
        assertThat(folder.resolve("texts/a-1"))
                .isDirectoryContaining("glob:**LICENSE")
                .isDirectoryContaining("glob:**NOTICE.txt");
    }

    private Path sbom(String components) throws IOException {
        return Files.writeString(folder.resolve("sbom.json"), "{\"components\": [" + components + "]}");
    }
}
