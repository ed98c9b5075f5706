package dev.septet.activities.catalog;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.dsl.Compilation;
import dev.septet.dsl.PipelineCompiler;
import dev.septet.dsl.PipelineFile;
import dev.septet.dsl.PipelineSource;
import dev.septet.dsl.pipeline.PipelineSpec;
import dev.septet.workflows.PipelineRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the pipeline that a request names, and compiles it. It never executes the pipeline's code.
 */
public final class Catalog {
    private final List<CatalogFolder> folders;

    /**
     * @param folders served folders, in search order
     */
    public Catalog(List<Path> folders) {
        this.folders = folders.stream()
                .map(folder -> new CatalogFolder(folder.toAbsolutePath().normalize()))
                .toList();
    }

    /**
     * A compiled and validated pipeline.
     *
     * @param name name of the pipeline: the one in the file, or one in the name space of inline
     *     text
     * @param folder base folder of its relative paths
     */
    public record Resolution(PipelineSpec spec, String name, Path folder) {}

    /** All served pipeline files. */
    public List<CatalogEntry> entries() throws IOException {
        List<CatalogEntry> entries = new ArrayList<>();
        for (CatalogFolder folder : folders) {
            entries.addAll(folder.entries());
        }
        return entries;
    }

    /** All names that a request may use, sorted. */
    public List<String> names() throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (CatalogEntry entry : entries()) {
            names.add(entry.pipelineName());
        }
        return List.copyOf(names);
    }

    /**
     * The pipeline that a request names.
     *
     * @throws StageProblem INVALID_PIPELINE with every problem of the file, or with the known names
     */
    public Resolution resolve(PipelineRequest request) throws IOException {
        return request.source() == null ? fromCatalogue(request) : fromText(request, request.source());
    }

    /**
     * The file with this name: first by its path, then by the name in its {@code pipeline('...')}.
     */
    public Optional<CatalogEntry> find(String name) throws IOException {
        return lookUp(name).map(Found::entry);
    }

    /**
     * The file of a name.
     *
     * @param read the bytes that have the name, null where its place has it
     */
    record Found(CatalogEntry entry, @Nullable PipelineSource read) {}

    Optional<Found> lookUp(String name) throws IOException {
        List<CatalogEntry> entries = entries();
        for (CatalogEntry entry : entries) {
            if (entry.name().equals(name)) {
                return Optional.of(new Found(entry, null));
            }
        }
        for (CatalogEntry entry : entries) {
            try {
                PipelineSource read = PipelineFile.read(entry.file());
                if (entry.pipelineName(read).equals(name)) {
                    return Optional.of(new Found(entry, read));
                }
            } catch (IOException unreadable) {
                // it has its place's name alone
            }
        }
        return Optional.empty();
    }

    private Resolution fromCatalogue(PipelineRequest request) throws IOException {
        String name = request.pipeline();
        if (name == null) {
            throw StageProblem.invalid(
                    "the request names no pipeline: give {\"pipeline\": \"<name>\"}. " + knownNames());
        }
        Found found = lookUp(name)
                .orElseThrow(() ->
                        StageProblem.invalid("there is no pipeline '%s' here. ".formatted(shown(name)) + knownNames()));
        return resolve(found, request);
    }

    /** By the bytes that have the name: a file that changes meanwhile may have another. */
    static Resolution resolve(Found found, PipelineRequest request) throws IOException {
        CatalogEntry entry = found.entry();
        PipelineSource read = found.read();
        Compilation compiled =
                PipelineCompiler.compile(read == null ? PipelineFile.read(entry.file()) : read, request.params());
        PipelineSpec spec = spec(compiled);
        return new Resolution(spec, spec.name(), entry.folder().toRealPath());
    }

    private Resolution fromText(PipelineRequest request, String source) throws IOException {
        Path folder = folder(request.folder());
        Compilation compiled = PipelineCompiler.compile(
                PipelineSource.of("pipeline.groovy", source).inside(folder), request.params());
        PipelineSpec spec = spec(compiled);
        if (request.pipeline() != null && !request.pipeline().equals(spec.name())) {
            throw StageProblem.invalid("the request names pipeline '%s', but its source declares pipeline('%s')"
                    .formatted(shown(request.pipeline()), spec.name()));
        }
        Optional<Path> file = fileOf(source, folder);
        if (file.isEmpty()) {
            String name = InlinePipeline.name(spec.name(), source);
            InlinePipeline.check(spec);
            return new Resolution(spec, name, folder);
        }
        Optional<CatalogEntry> owner = find(spec.name());
        if (owner.isPresent() && !belongs(file.get(), owner.get())) {
            throw StageProblem.invalid("the name '%s' belongs to %s: give %s a different name"
                    .formatted(spec.name(), owner.get().file(), file.get()));
        }
        return new Resolution(spec, spec.name(), folder);
    }

    /**
     * Whether a file may use the name of an entry. It may when it is the entry's file, or when it
     * is in the same folder as that pipeline's {@code pipeline.groovy}: its author can change that
     * file too.
     */
    private static boolean belongs(Path file, CatalogEntry entry) throws IOException {
        if (Files.isSameFile(entry.file(), file)) {
            return true;
        }
        CatalogEntry main = new CatalogEntry("", entry.folder().resolve("pipeline.groovy"));
        return Files.isRegularFile(main.file(), LinkOption.NOFOLLOW_LINKS)
                && main.pipelineName().equals(entry.pipelineName())
                && Files.isSameFile(main.folder(), new CatalogEntry("", file).folder());
    }

    /** The served file with exactly this text: its author can write to the served folder. */
    private static Optional<Path> fileOf(String source, Path folder) throws IOException {
        byte[] text = source.getBytes(StandardCharsets.UTF_8);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.toString().endsWith(".groovy")
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && Files.size(file) == text.length
                        && Arrays.equals(Files.readAllBytes(file), text)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }

    private Path folder(@Nullable String written) throws IOException {
        if (folders.isEmpty()) {
            throw StageProblem.invalid("this worker serves no folder, so no source can run here");
        }
        if (written == null) {
            return folders.get(0).root().toRealPath();
        }
        try {
            Path path = Path.of(written).toAbsolutePath().normalize();
            for (CatalogFolder folder : folders) {
                if (folder.holds(path)) {
                    return path.toRealPath();
                }
            }
        } catch (InvalidPathException e) {
            // falls through to the refusal
        }
        throw StageProblem.invalid("folder '%s' is not one that this worker serves; it serves %s"
                .formatted(
                        shown(written),
                        String.join(
                                ", ",
                                folders.stream()
                                        .map(folder -> folder.root().toString())
                                        .toList())));
    }

    private static PipelineSpec spec(Compilation compiled) {
        return compiled.spec()
                .orElseThrow(() -> StageProblem.invalid(compiled.printed().stripTrailing()));
    }

    private String knownNames() {
        try {
            List<String> names = names();
            return names.isEmpty()
                    ? "No pipeline is served: put <name>.groovy into the worker's catalogue folder"
                    : "Known: " + String.join(", ", names);
        } catch (IOException e) {
            return "The catalogue cannot be read: " + e.getMessage();
        }
    }

    /** Makes an external name short and printable for a message. */
    private static String shown(String text) {
        String plain = text.replaceAll("\\p{C}", "?");
        return plain.length() <= 80 ? plain : plain.substring(0, 80) + "...";
    }
}
