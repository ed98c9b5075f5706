package dev.septet.dsl.bind;

import dev.septet.dsl.extension.ExtensionWord;
import dev.septet.dsl.extension.Extensions;
import dev.septet.dsl.pipeline.HubId;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFiles;
import dev.septet.dsl.problem.Nearest;
import dev.septet.dsl.problem.Quote;
import dev.septet.dsl.text.PublicText;
import dev.septet.dsl.vocabulary.word.PathTo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checks paths against the rules, without opening the files. */
final class DeclaredPaths {
    private final PathRules rules;

    DeclaredPaths(PathRules rules) {
        this.rules = rules;
    }

    /** An objection to a path, and what to do about it. */
    record Objection(String message, String hint) {}

    /** Why the text is not a path to such a place; empty when it is one. */
    Optional<Objection> check(String text, PathTo.Place place) {
        if (isBuiltIn(text, place)) {
            return Optional.empty();
        }
        if (text.isBlank()) {
            return objection("the path is empty", "");
        }
        if (!PublicText.line(text).equals(text)) {
            return objection(
                    "the path '%s' holds a hidden character".formatted(Quote.plain(text)),
                    "Rename the file: its name is shown in reports and on terminals.");
        }
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            return objection("'%s' is not a path".formatted(Quote.plain(text)), "");
        }
        if (!rules.mayLeaveFolder() && escapes(text, path)) {
            return objection(
                    "'%s' leads out of the pipeline's folder".formatted(Quote.plain(text)),
                    "Use a path inside the folder.");
        }
        if (place == PathTo.Place.OUTPUT && !isBelow(path)) {
            return objection(
                    "'%s' is not below the pipeline's folder".formatted(Quote.plain(text)),
                    "Name a folder inside it, such as 'models/tuned'.");
        }
        boolean rows = place == PathTo.Place.DATA || place == PathTo.Place.DATASET;
        if (rows && !isData(text, place)) {
            return objection(
                    "'%s' is not a dataset: its name must end with .jsonl, .json or .csv%s%s"
                            .formatted(
                                    Quote.plain(text),
                                    place == PathTo.Place.DATASET
                                            ? ", each also with .gz or .zst, or with .parquet, .arrow or .feather"
                                            : "",
                                    ownEndings(place).map(", "::concat).collect(Collectors.joining())),
                    place == PathTo.Place.DATASET ? datasetHint(text) : "");
        }
        boolean words = place == PathTo.Place.WORDS || place == PathTo.Place.SYNONYMS;
        if (words && !text.toLowerCase(Locale.ROOT).matches("(?s).*\\.(txt|csv)")) {
            return objection(
                    "'%s' is not a list of words: its name must end with .txt or .csv".formatted(Quote.plain(text)),
                    place == PathTo.Place.SYNONYMS
                            ? "Septet has one list of its own: write words: '%s'.".formatted(AugmentSpec.WORDNET)
                            : "");
        }
        if (place == PathTo.Place.SCHEMA && !text.toLowerCase(Locale.ROOT).endsWith(".json")) {
            return objection(
                    "'%s' is not a JSON schema: its name must end with .json".formatted(Quote.plain(text)), "");
        }
        if (place == PathTo.Place.CLUSTERS && !text.toLowerCase(Locale.ROOT).endsWith(".json")) {
            return objection(
                    "'%s' is not a file of error clusters: its name must end with .json".formatted(Quote.plain(text)),
                    "`septet data request RUN --save FILE.json` writes one.");
        }
        if (place == PathTo.Place.TASKS && !text.toLowerCase(Locale.ROOT).matches("(?s).*\\.ya?ml")) {
            return objection(
                    "'%s' is not a task file: its name must end with .yaml or .yml".formatted(Quote.plain(text)), "");
        }
        if (place == PathTo.Place.DOCUMENTS && !isDocument(text)) {
            return objection(
                    "'%s' is not a document: its name must end with %s"
                            .formatted(Quote.plain(text), String.join(", ", DatasetFiles.DOCUMENTS)),
                    fileName(text).contains(".")
                            ? ""
                            : "For all documents of a folder, write '%s/'.".formatted(Quote.plain(text)));
        }
        return rules.folder() == null ? Optional.empty() : checkExisting(rules.folder(), path, text, place);
    }

    private static boolean isBuiltIn(String text, PathTo.Place place) {
        return place == PathTo.Place.SYNONYMS && text.equals(AugmentSpec.WORDNET);
    }

    private static String datasetHint(String text) {
        if (DatasetFiles.document(text)) {
            return "For documents, write `dataset documents('%s')`.".formatted(Quote.plain(text));
        }
        return fileName(text).contains(".")
                ? ""
                : "For all datasets of a folder, write '%s/'.".formatted(Quote.plain(text));
    }

    private static boolean isDocument(String text) {
        boolean all = DatasetFiles.isFolder(text) || (DatasetFiles.isPattern(text) && text.endsWith("*"));
        return all || DatasetFiles.document(text);
    }

    /**
     * A remark on a valid path that leads out of the pipeline's folder: workers read it only if their operator allows
     * it.
     */
    Optional<Objection> remark(String text, PathTo.Place place) {
        Path folder = rules.folder();
        if (folder == null
                || place == PathTo.Place.OUTPUT
                || isHubName(folder, text, place)
                || isBuiltIn(text, place)) {
            return Optional.empty();
        }
        try {
            Path path = real(folder.resolve(text));
            if (path.startsWith(real(folder))) {
                return Optional.empty();
            }
            for (Path root : rules.readable()) {
                if (path.startsWith(real(root))) {
                    return Optional.empty();
                }
            }
            Path near = Files.isDirectory(path) ? path : path.getParent();
            return objection(
                    "'%s' is outside of the pipeline's folder: workers read it only if it is allowed"
                            .formatted(Quote.plain(text)),
                    "Start `septet run`, `dev` or `worker` with --data %s, or with SEPTET_DATA."
                            .formatted(Quote.plain(String.valueOf(near))));
        } catch (IOException e) {
            return Optional.empty(); // it cannot be resolved, so nothing is known about it
        }
    }

    private static boolean isHubName(Path folder, String text, PathTo.Place place) {
        return place == PathTo.Place.MODEL && !Files.exists(folder.resolve(text));
    }

    /** The path with its links resolved, as far as it exists. */
    private static Path real(Path path) throws IOException {
        Path whole = path.toAbsolutePath().normalize();
        Path existing = existing(path.toAbsolutePath());
        if (existing == null) {
            return whole;
        }
        Path rest = existing.normalize().relativize(whole);
        return existing.toRealPath().resolve(rest).normalize();
    }

    /** Whether the path is below the pipeline's folder. Models may be written there only, whatever may be read. */
    private boolean isBelow(Path path) {
        Path folder = rules.folder() == null ? Path.of("") : rules.folder();
        Path root = folder.toAbsolutePath().normalize();
        Path target = root.resolve(path).normalize();
        return target.startsWith(root) && !target.equals(root);
    }

    private Optional<Objection> checkExisting(Path folder, Path relative, String text, PathTo.Place place) {
        Path path = folder.resolve(relative);
        String shown = Quote.plain(text);
        if (!rules.mayLeaveFolder() && linksOut(folder, path)) {
            return objection("'%s' is a link out of the pipeline's folder".formatted(shown), "");
        }
        return switch (place) {
            case OUTPUT, LOG -> Optional.empty();
            case DATA, DATASET, DOCUMENTS, WORDS, SYNONYMS, SCHEMA, CLUSTERS, TASKS ->
                (place == PathTo.Place.DATASET || place == PathTo.Place.DOCUMENTS) && DatasetFiles.several(text)
                        ? folder(folder, text)
                        : Files.isRegularFile(path)
                                ? Optional.empty()
                                : Files.exists(path)
                                        ? objection("'%s' is not a file".formatted(shown), "")
                                        : missing("file", shown, folder, text);
            case MODEL -> model(folder, path, text);
        };
    }

    /** A folder or a pattern of datasets: a pattern is only allowed in the last name. */
    private static Optional<Objection> folder(Path folder, String text) {
        String parent = DatasetFiles.folder(text);
        String shown = Quote.plain(text);
        if (DatasetFiles.isPattern(parent)) {
            return objection(
                    "'%s' has a pattern in the name of a folder".formatted(shown),
                    "Use * and ? in the last part only.");
        }
        if (Files.isDirectory(folder.resolve(parent))) {
            return Optional.empty();
        }
        return Files.exists(folder.resolve(parent))
                ? objection("'%s' is not a folder".formatted(Quote.plain(parent)), "")
                : missing("folder", Quote.plain(parent), folder, parent);
    }

    private static String fileName(String text) {
        return text.substring(text.lastIndexOf('/') + 1);
    }

    private static Optional<Objection> model(Path folder, Path path, String text) {
        String shown = Quote.plain(text);
        if (Files.isDirectory(path) || (Files.isRegularFile(path) && isGguf(text))) {
            return Optional.empty();
        }
        if (Files.exists(path)) {
            return objection("'%s' is neither a folder nor a .gguf file".formatted(shown), "");
        }
        Path parent = path.getParent();
        boolean hub = HubId.of(text).isPresent() && parent != null && !Files.exists(parent);
        return hub ? Optional.empty() : missing(isGguf(text) ? "file" : "folder", shown, folder, text);
    }

    /** Also rejects Windows forms of a path outside, on every system. */
    private static boolean escapes(String text, Path path) {
        return path.isAbsolute()
                || text.startsWith("/")
                || text.startsWith("\\")
                || text.startsWith("~")
                || text.matches("(?s)[A-Za-z]:.*")
                || List.of(text.split("[/\\\\]", -1)).contains("..");
    }

    private static boolean linksOut(Path folder, Path path) {
        try {
            Path existing = existing(path);
            return existing != null && !existing.toRealPath().startsWith(folder.toRealPath());
        } catch (IOException e) {
            return true;
        }
    }

    /** The path, or the nearest folder above it that exists. */
    private static @Nullable Path existing(Path path) {
        Path existing = path;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static Optional<Objection> missing(String kind, String shown, Path folder, String text) {
        String near = neighbour(folder, text);
        return objection(
                "there is no %s '%s'".formatted(kind, shown),
                near.isEmpty()
                        ? "Paths are relative to the folder of the pipeline file."
                        : "Did you mean '%s'?".formatted(Quote.plain(near)));
    }

    /** A path with a similar name in the same folder. */
    private static String neighbour(Path folder, String text) {
        Path parent = folder.resolve(text).getParent();
        Path name = folder.resolve(text).getFileName();
        if (parent == null || name == null || !Files.isDirectory(parent)) {
            return "";
        }
        try (var entries = Files.list(parent)) {
            List<String> names = entries.limit(1_000)
                    .map(p -> p.getFileName().toString())
                    .sorted()
                    .toList();
            String start = text.substring(0, text.length() - name.toString().length());
            return Nearest.to(name.toString(), names).map(start::concat).orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isData(String text, PathTo.Place place) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (place != PathTo.Place.DATASET) {
            return DatasetFiles.ROWS.stream().anyMatch(lower::endsWith);
        }
        boolean all = DatasetFiles.isFolder(text) || (DatasetFiles.isPattern(text) && text.endsWith("*"));
        return all || DatasetFiles.known(text) || ownEndings(place).anyMatch(lower::endsWith);
    }

    /** File endings of the formats from jars: only a dataset can name its format. */
    private static Stream<String> ownEndings(PathTo.Place place) {
        return place != PathTo.Place.DATASET
                ? Stream.empty()
                : Extensions.here().of(ExtensionWord.Kind.FORMAT).stream()
                        .flatMap(format -> format.word().endings().stream())
                        .distinct();
    }

    private static boolean isGguf(String text) {
        return text.toLowerCase(Locale.ROOT).endsWith(".gguf");
    }

    private static Optional<Objection> objection(String message, String hint) {
        return Optional.of(new Objection(message, hint));
    }
}
