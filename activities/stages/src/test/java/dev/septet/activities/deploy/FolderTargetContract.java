package dev.septet.activities.deploy;

import dev.septet.activities.store.Disk;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The contract for targets that are folders. */
abstract class FolderTargetContract extends TargetContractTest {
    @Override
    protected TargetPlace place(String name, Kill kill) {
        return new VersionFolder(root(name), new Disk((action, path) -> kill.before()));
    }

    @Override
    protected void soil(String name) throws IOException {
        Files.writeString(Files.createDirectories(root(name)).resolve("notes.txt"), "mine");
    }

    @Override
    protected void damage(String name, String version) throws IOException {
        Path folder = root(name).resolve("versions").resolve(version);
        Path file = Manifest.filesBelow(folder).values().stream()
                .filter(path -> !path.endsWith(Manifest.FILE))
                .findFirst()
                .orElseThrow();
        Files.delete(file);
        Files.writeString(file, "short");
    }

    @Override
    protected Map<String, String> contents(String name, String version) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        Path folder = root(name).resolve("versions").resolve(version);
        for (Map.Entry<String, Path> file : Manifest.filesBelow(folder).entrySet()) {
            contents.put(file.getKey(), Sha256.of(Files.readAllBytes(file.getValue())));
        }
        return contents;
    }

    /** A version's folder, published. */
    protected Path published(String name) throws IOException {
        place(name, Kill.NEVER)
                .add(
                        OLD,
                        dev.septet.activities.deploy.publication.Targets.of(spec())
                                .files(spec(), exported(), Files.createTempDirectory(temp, "scratch")));
        return root(name).resolve("versions").resolve(OLD);
    }

    private Path root(String name) {
        return temp.resolve("places").resolve(name);
    }
}
