package dev.septet.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.activities.deploy.VersionFolder;
import dev.septet.activities.deploy.publication.Exported;
import dev.septet.activities.deploy.publication.TargetExtension;
import dev.septet.activities.store.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every target of a jar keeps. */
public abstract class TargetWordContract extends WordContract<TargetExtension> {
    @TempDir
    private Path folder;

    /** An export as deploy makes it: a model, an adapter, a GGUF, a card and the scores. */
    protected Exported exported() throws IOException {
        Path export = Files.createDirectories(folder.resolve("export"));
        Files.createDirectories(export.resolve("model"));
        Files.createDirectories(export.resolve("adapter"));
        Files.writeString(export.resolve("model/config.json"), "{\"max_position_embeddings\": 64}");
        Files.writeString(export.resolve("model/model.safetensors"), "weights");
        Files.writeString(export.resolve("adapter/adapter_model.safetensors"), "matrices");
        Files.writeString(export.resolve("model-f16.gguf"), "GGUF");
        Files.writeString(export.resolve("README.md"), "# small\n");
        Files.writeString(export.resolve("results.json"), "{}");
        return new Exported("small", export);
    }

    @Test
    void choosesFilesThatAreThere() throws IOException {
        Map<String, Path> files = files("scratch");
        assertThat(files).isNotEmpty();
        files.forEach((name, file) -> {
            assertThat(Path.of(name).normalize().toString())
                    .as("a path in the version")
                    .isEqualTo(name);
            assertThat(name).doesNotStartWith("/").doesNotStartWith("..");
            assertThat(file).isRegularFile();
        });
    }

    @Test
    void givesTheSameBytesTwice() throws IOException {
        assertThat(bytes(files("one"))).isEqualTo(bytes(files("two")));
    }

    @Test
    void isPublishedAndPointedAt() throws IOException {
        VersionFolder place = new VersionFolder(folder.resolve("published"), new Disk());
        place.add("aaaaaaaaaaaa", files("scratch"));
        place.point("aaaaaaaaaaaa");
        assertThat(place.current()).contains("aaaaaaaaaaaa");
        for (String name : files("again").keySet()) {
            assertThat(place.alias().resolve(name)).isRegularFile();
        }
    }

    private Map<String, Path> files(String scratch) throws IOException {
        return extension().files(used(), exported(), Files.createDirectories(folder.resolve(scratch)));
    }

    private static Map<String, String> bytes(Map<String, Path> files) throws IOException {
        Map<String, String> bytes = new TreeMap<>();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            bytes.put(file.getKey(), java.util.Arrays.toString(Files.readAllBytes(file.getValue())));
        }
        return bytes;
    }
}
