package dev.septet.activities.train.sagemaker;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.secret.MaskedText;
import dev.septet.activities.store.FileModes;
import dev.septet.activities.store.Manifest;
import dev.septet.activities.store.Sha256;
import dev.septet.activities.store.bucket.S3Exchange;
import dev.septet.activities.store.bucket.S3Exchange.Item;
import dev.septet.activities.train.outside.TrainerFolder;
import dev.septet.activities.train.outside.TrainerLauncher;
import dev.septet.activities.train.outside.TrainerProblems;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a training job on their way between the run folder and the bucket. The service copies what the trainer
 * writes in any order, so a checkpoint and the result are taken when all of their files have the digests that the job's
 * script listed.
 *
 * @param at folder of the job in the bucket
 */
record SageMakerFiles(SageMakerRequest request, S3Exchange bucket, String at) {
    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64}|link) [ *](.+)", Pattern.DOTALL);
    private static final Pattern CHECKPOINT = Pattern.compile("sums/checkpoint-([1-9][0-9]{0,8})");
    private static final String END = "sums/end";
    private static final List<String> GROWING = List.of(TrainerFolder.METRICS, "output.log");
    private static final String EXIT = "exit";

    /** Beside the run folder's own files: what is downloaded, but not complete. */
    private static final String INCOMING = "incoming";

    /** Uploads what the job needs. The fingerprint comes last: with it, the folder is complete. */
    void stage() throws IOException {
        TrainerFolder folder = request.folder();
        bucket.clear(at);
        Path incoming = FileModes.OWNER.folder(incoming());
        Path script = incoming.resolve(SageMakerRequest.SCRIPT);
        Files.writeString(
                script, TrainerLauncher.script(SageMakerJob.class, "sagemaker-job.sh"), StandardCharsets.UTF_8);
        Path command = incoming.resolve(SageMakerRequest.COMMAND);
        Files.write(command, request.command());
        put(SageMakerRequest.SCRIPT, script);
        put(SageMakerRequest.COMMAND, command);
        for (Path below : List.of(folder.data(), folder.model(), folder.checkpoints())) {
            for (Path file : Manifest.filesBelow(below).values()) {
                put(folder.root().relativize(file).toString(), file);
            }
        }
        for (Path file : List.of(folder.metrics(), folder.request(), folder.fingerprint())) {
            if (Files.exists(file)) {
                put(file.getFileName().toString(), file);
            }
        }
        TrainerFolder.remove(incoming);
    }

    private void put(String name, Path file) throws IOException {
        bucket.put("%s%s/%s".formatted(at, SageMakerRequest.IN, name), file);
    }

    /** The newest job whose files were staged completely; 0 = none. */
    static int newest(SageMakerRequest request, S3Exchange bucket) throws IOException {
        Pattern complete = Pattern.compile("%s([1-9][0-9]{0,4})/%s/%s"
                .formatted(Pattern.quote(request.all()), SageMakerRequest.IN, TrainerFolder.FINGERPRINT));
        return bucket.list(request.all()).stream()
                .map(item -> complete.matcher(item.name()))
                .filter(Matcher::matches)
                .mapToInt(name -> Integer.parseInt(name.group(1)))
                .max()
                .orElse(0);
    }

    /** Restores the small files of a run folder that another machine staged. */
    void adopt() throws IOException {
        TrainerFolder folder = request.folder();
        Map<String, Item> staged = below(SageMakerRequest.IN + "/");
        for (Path file : List.of(folder.metrics(), folder.request(), folder.fingerprint())) {
            Item item = staged.get(file.getFileName().toString());
            if (item != null) {
                take(item, file);
            }
        }
    }

    /** Takes what the trainer wrote since the last time. Without its end, the file {@code exit} stays away. */
    void pull() throws IOException {
        TrainerFolder folder = request.folder();
        if (Files.exists(folder.exit())) {
            return;
        }
        Map<String, Item> there = below(SageMakerRequest.OUT + "/");
        for (String name : GROWING) {
            Item item = there.get(name);
            Path file = folder.root().resolve(name);
            if (item != null && item.size() > (Files.exists(file) ? Files.size(file) : 0)) {
                take(item, file);
            }
        }
        checkpoints(there);
        end(there);
    }

    /** The objects below a folder of the job, by their names in it. */
    private Map<String, Item> below(String part) throws IOException {
        Map<String, Item> all = new TreeMap<>();
        String prefix = at + part;
        for (Item item : bucket.list(prefix)) {
            String name = item.name().substring(prefix.length());
            requirePlain(name);
            all.put(name, item);
        }
        return all;
    }

    /** A job writes names as it likes. */
    private void requirePlain(String name) {
        boolean plain = name.chars().noneMatch(c -> c == '\\' || Character.isISOControl(c));
        for (String part : name.split("/", -1)) {
            plain &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
        }
        if (!plain) {
            throw broken("it wrote a file with the name '%s'".formatted(MaskedText.line(name)));
        }
    }

    private void checkpoints(Map<String, Item> there) throws IOException {
        TrainerFolder folder = request.folder();
        int local = folder.complete().isEmpty() ? 0 : folder.complete().lastKey();
        List<Integer> listed = there.keySet().stream()
                .map(CHECKPOINT::matcher)
                .filter(Matcher::matches)
                .map(name -> Integer.parseInt(name.group(1)))
                .filter(step -> step > local)
                .sorted(Comparator.reverseOrder())
                .toList();
        for (int step : listed) {
            String name = "checkpoints/checkpoint-" + step;
            Optional<Map<String, String>> sums = sums(there, "sums/checkpoint-" + step);
            if (sums.isPresent() && arrived(there, sums.get())) {
                TrainerFolder.remove(folder.checkpoint(step));
                FileModes.OWNER.folder(folder.checkpoints());
                Files.move(incoming().resolve(name), folder.checkpoint(step), StandardCopyOption.ATOMIC_MOVE);
                TrainerFolder.remove(incoming());
                for (int old : folder.complete().headMap(step).keySet()) {
                    TrainerFolder.remove(folder.checkpoint(old));
                }
                return;
            }
        }
    }

    private void end(Map<String, Item> there) throws IOException {
        TrainerFolder folder = request.folder();
        Optional<Map<String, String>> sums = sums(there, END);
        if (sums.isEmpty()
                || !arrived(there, sums.get())
                || Files.notExists(incoming().resolve(EXIT))) {
            return;
        }
        Path output = incoming().resolve("output");
        if (Files.exists(output)) {
            TrainerFolder.remove(folder.output());
            Files.move(output, folder.output(), StandardCopyOption.ATOMIC_MOVE);
        }
        try (Stream<Path> files = Files.list(incoming())) {
            for (Path file : files.filter(one -> !one.endsWith(EXIT)).toList()) {
                Files.move(file, folder.root().resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(incoming().resolve(EXIT), folder.exit(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The digests of the files that belong together, by name; empty when the list is not there yet. */
    private Optional<Map<String, String>> sums(Map<String, Item> there, String list) throws IOException {
        Item item = there.get(list);
        Path file = FileModes.OWNER.folder(incoming()).resolveSibling("sums");
        if (item == null || !bucket.get(item, file)) {
            return Optional.empty();
        }
        Map<String, String> sums = new TreeMap<>();
        String folder = list.replaceFirst("^sums/", "");
        for (String line : Files.readString(file, StandardCharsets.UTF_8).split("\0", 0)) {
            Matcher sum = SUM.matcher(line);
            if (!sum.matches()) {
                throw broken("%s is not a list of digests".formatted(list));
            }
            String name = sum.group(2);
            requirePlain(name);
            if (sum.group(1).equals("link")) {
                throw broken("%s has a link or a device".formatted(list.equals(END) ? "its result" : folder));
            }
            if (!list.equals(END) && !name.startsWith("checkpoints/" + folder + "/")) {
                throw broken("%s names a file of another folder".formatted(list));
            }
            sums.put(name, sum.group(1));
        }
        Files.delete(file);
        return Optional.of(sums);
    }

    /** Downloads files that belong together; false while one of them is not there as it was listed. */
    private boolean arrived(Map<String, Item> there, Map<String, String> sums) throws IOException {
        TrainerFolder.remove(incoming());
        if (!there.keySet().containsAll(sums.keySet())) {
            return false;
        }
        for (var sum : sums.entrySet()) {
            Path file = incoming().resolve(sum.getKey());
            folder(file);
            if (!bucket.get(Objects.requireNonNull(there.get(sum.getKey())), file)
                    || !Sha256.of(file).equals(sum.getValue())) {
                return false;
            }
        }
        return true;
    }

    private void folder(Path file) throws IOException {
        try {
            FileModes.OWNER.folder(Objects.requireNonNull(file.getParent()));
        } catch (FileAlreadyExistsException both) {
            throw broken("it wrote %s as a file and as a folder".formatted(both.getFile()));
        }
    }

    /** Replaces a file by an object, unless the object changed meanwhile. */
    private void take(Item item, Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        if (bucket.get(item, fresh)) {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.deleteIfExists(fresh);
        }
    }

    private Path incoming() {
        return request.folder().root().resolve(INCOMING);
    }

    private StageProblem broken(String what) {
        return TrainerProblems.broken(request.trainer(), what);
    }
}
