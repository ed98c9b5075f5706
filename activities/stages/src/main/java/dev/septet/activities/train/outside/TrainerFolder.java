package dev.septet.activities.train.outside;

import dev.septet.activities.store.Disk;
import dev.septet.activities.store.FileModes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The run folder of an outside trainer, which the trainer and Septet share.
 *
 * @param root absolute path
 */
public record TrainerFolder(Path root) {
    public static final String REQUEST = "request.json";
    public static final String METRICS = "metrics.jsonl";
    public static final String COMPLETE = "complete";

    /** In the run folder and in each stored checkpoint: what determines the result besides the request. */
    public static final String FINGERPRINT = "septet-trainer";

    private static final int WINDOW = 16 << 10;
    private static final AtomicLong WRITES = new AtomicLong();
    private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-([1-9][0-9]{0,8})");

    public Path request() {
        return root.resolve(REQUEST);
    }

    public Path data() {
        return root.resolve("data");
    }

    public Path model() {
        return root.resolve("model");
    }

    public Path metrics() {
        return root.resolve(METRICS);
    }

    public Path output() {
        return root.resolve("output");
    }

    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    public Path control(String name) {
        return root.resolve("control").resolve(name);
    }

    /** What the program printed: its start, and if that was long, its end. Then what Slurm says about its job. */
    List<Path> outputs() {
        return List.of(root.resolve("output.end"), root.resolve("output.log"), root.resolve("job.log"));
    }

    public Path lock() {
        return root.resolve("lock");
    }

    /** The supervisor's process id and start time. */
    public Path supervisor() {
        return root.resolve("supervisor");
    }

    public Path lease() {
        return root.resolve("lease");
    }

    /** The id of a cluster's job. */
    public Path job() {
        return root.resolve("job");
    }

    /** How long a job has been silent. */
    public Path silence() {
        return root.resolve("silence");
    }

    /** Since when and until when a job's GPUs are counted. */
    public Path used() {
        return root.resolve("used");
    }

    /** When the first steps were there. */
    public Path pace() {
        return root.resolve("pace");
    }

    /** Whether the run folder or a checkpoint was made by a trainer with this fingerprint. */
    public boolean hasFingerprint(Path made, String fingerprint) throws IOException {
        return read(made.resolve(FINGERPRINT))
                .map(String::strip)
                .filter(fingerprint::equals)
                .isPresent();
    }

    public Path fingerprint() {
        return root.resolve(FINGERPRINT);
    }

    /** Shows whoever watches the trainer that a worker follows it: any other content than before does. */
    public void renewLease() throws IOException {
        write(
                lease(),
                String.format(Locale.ROOT, "%d %d\n", ProcessHandle.current().pid(), WRITES.incrementAndGet()));
    }

    public Path exit() {
        return root.resolve("exit");
    }

    public Path end() {
        return root.resolve("end");
    }

    /** Complete checkpoints by their steps. */
    public SortedMap<Integer, Path> complete() throws IOException {
        SortedMap<Integer, Path> complete = new TreeMap<>();
        if (Files.isDirectory(checkpoints(), LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> all = Files.list(checkpoints())) {
                for (Path folder : all.toList()) {
                    Matcher name = CHECKPOINT.matcher(folder.getFileName().toString());
                    if (name.matches()
                            && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                            && Files.isRegularFile(folder.resolve(COMPLETE), LinkOption.NOFOLLOW_LINKS)) {
                        complete.put(Integer.parseInt(name.group(1)), folder);
                    }
                }
            }
        }
        return complete;
    }

    public Path checkpoint(int step) {
        return checkpoints().resolve("checkpoint-" + step);
    }

    /** Writes a small file atomically. */
    public void write(Path file, String text) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            FileModes.OWNER.folder(parent);
        }
        // Two attempts may write the same file at the same time.
        Path fresh = file.resolveSibling(String.format(
                Locale.ROOT,
                "%s.%d-%d.new",
                file.getFileName(),
                ProcessHandle.current().pid(),
                WRITES.incrementAndGet()));
        FileModes.OWNER.write(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    public Optional<String> read(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /**
     * Creates it anew with a prepared dataset and the base model. The lock stays: its file must be the one that a
     * trainer may still hold.
     *
     * @param dataset folder with {@code train.jsonl}, {@code train.safetensors} and, unless it is empty, the validation
     *     split
     */
    public void create(Path dataset, Path model) throws IOException {
        FileModes.OWNER.folder(root);
        try (Stream<Path> all = Files.list(root)) {
            for (Path old : all.filter(path -> !path.equals(lock())).toList()) {
                remove(old);
            }
        }
        Files.createDirectories(data());
        for (String split : List.of("train", "validation")) {
            Path rows = dataset.resolve(split + ".jsonl");
            if (Files.exists(rows) && Files.size(rows) > 0) {
                for (String ending : List.of(".jsonl", ".safetensors")) {
                    take(dataset.resolve(split + ending), data().resolve(split + ending));
                }
            }
        }
        Files.createDirectories(model());
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                take(file, model().resolve(file.getFileName()));
            }
        }
        Files.createDirectories(checkpoints());
        Files.createDirectories(output());
        Files.createDirectories(root.resolve("control"));
    }

    /** Links a file, so that it stays when a worker's copy of it is removed; copies it from another file system. */
    private static void take(Path file, Path to) throws IOException {
        try {
            Files.createLink(to, file);
        } catch (IOException | UnsupportedOperationException | SecurityException elsewhere) {
            Files.copy(file, to);
        }
    }

    /** Removes everything; links are removed, not what they point to. */
    public void remove() throws IOException {
        remove(root);
    }

    public static void remove(Path folder) throws IOException {
        new Disk().remove(folder);
    }

    /** The last lines of what the program printed. */
    List<String> lastLines(int most) throws IOException {
        for (Path file : outputs()) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) > 0) {
                return lastLines(file, most);
            }
        }
        return List.of();
    }

    private static List<String> lastLines(Path file, int most) throws IOException {
        long size = Files.size(file);
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(Math.max(0, size - WINDOW));
            List<String> lines = new ArrayList<>(new String(in.readNBytes(WINDOW), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList());
            if (size > WINDOW && !lines.isEmpty()) {
                lines.remove(0); // it may begin in the middle of a line
            }
            return lines.subList(Math.max(0, lines.size() - most), lines.size());
        }
    }
}
