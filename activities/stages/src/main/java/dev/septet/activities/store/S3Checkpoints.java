package dev.septet.activities.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checkpoints in a bucket.
 *
 * <pre>
 * checkpoints/&lt;scope&gt;/&lt;step&gt;-&lt;attempt&gt;.manifest          written after its files
 * checkpoints/&lt;scope&gt;/files-&lt;attempt&gt;/&lt;sha256&gt;
 * </pre>
 *
 * Every attempt writes and removes only files with its own number or a smaller one. So an overtaken
 * attempt that is still removing old checkpoints cannot damage those of its successor.
 */
final class S3Checkpoints implements CheckpointStore {
    private static final Pattern MANIFEST = Pattern.compile("([0-9]{1,9})-([0-9]{1,9})\\.manifest");

    private final S3Objects objects;
    private final S3Fences fences;
    private final S3Files files;
    private final StoredFiles stored;
    private final PlainCopies copies;
    private final Scratch scratch;
    private final Fences locks;
    private final Path local;
    private final Disk disk;

    /** A manifest's key; sorted newest first. */
    private record Kept(int step, int attempt) implements Comparable<Kept> {
        private static final Comparator<Kept> NEWEST_FIRST = Comparator.comparingInt(Kept::step)
                .thenComparingInt(Kept::attempt)
                .reversed();

        @Override
        public int compareTo(Kept other) {
            return NEWEST_FIRST.compare(this, other);
        }

        String name() {
            return step + "-" + attempt;
        }
    }

    S3Checkpoints(
            S3Objects objects,
            S3Fences fences,
            S3Files files,
            StoredFiles stored,
            PlainCopies copies,
            Scratch scratch,
            Fences locks,
            Path local,
            Disk disk) {
        this.objects = objects;
        this.fences = fences;
        this.files = files;
        this.stored = stored;
        this.copies = copies;
        this.scratch = scratch;
        this.locks = locks;
        this.local = local;
        this.disk = disk;
    }

    @Override
    public Checkpoint commit(String scope, int step, Writer writer, Fence fence) throws IOException {
        Path incoming = scratch.folder(fence);
        try {
            try {
                writer.writeTo(incoming);
            } catch (IOException e) {
                throw DiskFullException.orSame(incoming, e);
            }
            Manifest manifest = Manifest.of(incoming, disk);
            fences.check(fence);
            Optional<Checkpoint> there = at(scope, step);
            if (there.isPresent()) {
                return there.get();
            }
            Kept kept = new Kept(step, fence.attempt());
            boolean again = kept(scope).contains(kept); // it is damaged, otherwise it would have been found
            for (Manifest.Entry entry : manifest.files()) {
                String name = file(scope, fence.attempt(), entry);
                files.send(name, incoming.resolve(entry.path()), entry, again);
            }
            String text = stored.text(manifest, place(scope, kept));
            fences.commit(fence, manifest(scope, kept), (stamp, before) -> text);
            disk.write(incoming.resolve(Manifest.FILE), manifest.bytes());
            Path copy = copy(scope, kept);
            disk.folder(folder(scope));
            disk.remove(copy);
            disk.move(incoming, copy);
            return new Checkpoint(step, ours(copy), manifest.digest());
        } finally {
            scratch.giveBack(incoming, fence);
        }
    }

    @Override
    public Found newestValid(String scope) throws IOException {
        List<String> damaged = new ArrayList<>();
        for (Kept kept : kept(scope)) {
            try {
                return new Found(Optional.of(fetched(scope, kept)), damaged);
            } catch (CorruptArtifactException e) {
                damaged.add(e.getMessage());
            }
        }
        return new Found(Optional.empty(), damaged);
    }

    @Override
    public Optional<Checkpoint> at(String scope, int step) throws IOException {
        for (Kept kept : kept(scope)) {
            if (kept.step() == step) {
                try {
                    return Optional.of(fetched(scope, kept));
                } catch (CorruptArtifactException damaged) {
                    // an earlier attempt may have an intact checkpoint of this step
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void prune(String scope, int keep, Set<Integer> pinned, Fence fence) throws IOException {
        fences.check(fence);
        List<Kept> all = kept(scope);
        List<Integer> steps = all.stream().map(Kept::step).distinct().toList();
        Set<Integer> staying = new HashSet<>(pinned);
        staying.addAll(steps.subList(0, Math.min(keep, steps.size())));
        Set<String> needed = new HashSet<>();
        for (Kept kept : all) {
            if (staying.contains(kept.step())) {
                needed.addAll(files(scope, kept));
            } else if (kept.attempt() <= fence.attempt()) {
                objects.delete(manifest(scope, kept));
                disk.remove(copy(scope, kept));
            }
        }
        for (int attempt = 1; attempt <= fence.attempt(); attempt++) {
            for (String file : objects.names(path(scope) + "files-" + attempt + "/")) {
                if (!needed.contains(file)) {
                    objects.delete(file);
                }
            }
        }
        if (staying.isEmpty()) {
            disk.remove(folder(scope));
        }
    }

    /** A checkpoint's verified files on this machine; downloads missing files. */
    private Checkpoint fetched(String scope, Kept kept) throws IOException {
        return locks.locked("checkpoints " + scope, () -> here(scope, kept));
    }

    private Checkpoint here(String scope, Kept kept) throws IOException {
        String name = manifest(scope, kept);
        String text = objects.read(name)
                .orElseThrow(() -> new CorruptArtifactException("%s%s: missing".formatted(objects.at(), name)))
                .text();
        byte[] bytes =
                stored.plain(text, objects.at() + name, place(scope, kept)).getBytes(StandardCharsets.UTF_8);
        Manifest manifest = Manifest.parse(Path.of(objects.at().bucket(), name), bytes);
        Checkpoint checkpoint = new Checkpoint(kept.step(), copy(scope, kept), Sha256.of(bytes));
        if (isHere(checkpoint.folder(), manifest)) {
            return checkpoint;
        }
        Fence fetch = new Fence("fetch " + scope, 1);
        scratch.release(fetch); // the rest of a killed process: this process holds the lock
        Path incoming = scratch.folder(fetch);
        try {
            for (Manifest.Entry entry : manifest.files()) {
                if (!entry.path().equals(Path.of(entry.path()).getFileName().toString())) {
                    throw new CorruptArtifactException(
                            "%s%s: names a file outside of it".formatted(objects.at(), name));
                }
                files.fetch(file(scope, kept.attempt(), entry), incoming.resolve(entry.path()), entry);
            }
            disk.write(incoming.resolve(Manifest.FILE), bytes);
            disk.folder(folder(scope));
            disk.remove(checkpoint.folder());
            disk.move(incoming, checkpoint.folder());
            ours(checkpoint.folder());
            return checkpoint;
        } finally {
            scratch.release(fetch);
        }
    }

    private static boolean isHere(Path copy, Manifest manifest) throws IOException {
        try {
            if (!Files.exists(copy)) {
                return false;
            }
            manifest.verify(copy);
            return true;
        } catch (CorruptArtifactException damaged) {
            return false;
        }
    }

    private Set<String> files(String scope, Kept kept) throws IOException {
        Set<String> files = new HashSet<>();
        Optional<S3Objects.Stored> object = objects.read(manifest(scope, kept));
        if (object.isPresent()) {
            try {
                byte[] bytes = stored.plain(
                                object.get().text(), objects.at() + manifest(scope, kept), place(scope, kept))
                        .getBytes(StandardCharsets.UTF_8);
                Manifest.parse(Path.of(kept.name()), bytes)
                        .files()
                        .forEach(entry -> files.add(file(scope, kept.attempt(), entry)));
            } catch (CorruptArtifactException damaged) {
                // a damaged checkpoint needs no files
            }
        }
        return files;
    }

    private List<Kept> kept(String scope) throws IOException {
        String path = path(scope);
        List<Kept> kept = new ArrayList<>();
        for (String name : objects.names(path)) {
            Matcher manifest = MANIFEST.matcher(name.substring(path.length()));
            if (manifest.matches()) {
                kept.add(new Kept(Integer.parseInt(manifest.group(1)), Integer.parseInt(manifest.group(2))));
            }
        }
        kept.sort(null);
        return kept;
    }

    /** With keys, copies belong to this process alone and are removed with it. */
    private Path folder(String scope) throws IOException {
        return stored.encryption().encrypts() ? copies.checkpoints(scope) : local.resolve(StoreNames.encoded(scope));
    }

    private Path ours(Path copy) throws IOException {
        return stored.encryption().encrypts() ? copies.goneWithTheProcess(copy) : copy;
    }

    private static String place(String scope, Kept kept) {
        return StoredFiles.checkpointPlace(scope, kept.name());
    }

    private Path copy(String scope, Kept kept) throws IOException {
        return folder(scope).resolve(kept.name());
    }

    private static String path(String scope) {
        return "checkpoints/" + StoreNames.encoded(scope) + "/";
    }

    private static String manifest(String scope, Kept kept) {
        return path(scope) + kept.name() + ".manifest";
    }

    private static String file(String scope, int attempt, Manifest.Entry entry) {
        return path(scope) + "files-" + attempt + "/" + entry.sha256();
    }
}
