package dev.septet.activities.store;

import dev.septet.activities.encryption.AtRestCount;
import dev.septet.activities.encryption.MissingKeyException;
import dev.septet.activities.trace.Traces;
import dev.septet.workflows.artifact.ArtifactRef;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * The part of a store that folders and buckets have in common. Texts are in a {@link Storage},
 * encrypted by {@link StoredFiles}. Files are in {@link FileSets}.
 */
public abstract class ContentStore implements ArtifactStore {
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private final Parts parts;
    private final Set<Scratch> scratches = new LinkedHashSet<>();
    private final AtomicLong lastSweep = new AtomicLong(System.nanoTime() - HOUR);

    /**
     * The parts of a store.
     *
     * @param incoming scratch folders for files that are moved into the store
     * @param plain scratch folders for unencrypted files; may be the same
     * @param locks folder with the machine's locks
     */
    public record Parts(
            Storage storage,
            StoredFiles stored,
            FileSets sets,
            Scratch incoming,
            Scratch plain,
            Path locks,
            Disk disk) {}

    protected ContentStore(Parts parts) {
        this.parts = parts;
        this.scratches.add(parts.plain());
        this.scratches.add(parts.incoming());
    }

    @Override
    public CheckpointStore checkpoints() {
        return new Checkpoints(parts.storage().fences(), parts.sets(), parts.stored(), parts.plain(), parts.disk());
    }

    @Override
    public void open(Fence fence) throws IOException {
        long last = lastSweep.get();
        long now = System.nanoTime();
        if (now - last >= HOUR && lastSweep.compareAndSet(last, now)) {
            removeLeftovers();
        }
        parts.stored().open();
        parts.storage().fences().open(fence);
        for (Scratch scratch : scratches) {
            scratch.open(fence);
        }
    }

    @Override
    public ArtifactRef put(Path folder, Fence fence) throws IOException {
        return put(Manifest.filesBelow(folder), fence);
    }

    @Override
    public ArtifactRef put(Map<String, Path> files, Fence fence) throws IOException {
        return Traces.span("store", Attributes.of(Traces.FILES, (long) files.size()), () -> {
            parts.stored().open();
            Manifest manifest = parts.sets().putArtifact(files, fence);
            String digest = manifest.digest();
            Span.current().setAttribute(Traces.BYTES, manifest.sizeBytes());
            return new ArtifactRef(SCHEME + digest, digest, manifest.sizeBytes());
        });
    }

    @Override
    public Path fetch(ArtifactRef ref) throws IOException {
        return parts.sets().get(key(ref));
    }

    @Override
    public boolean holds(ArtifactRef ref) throws IOException {
        return parts.stored().get(key(ref).manifest()).isPresent();
    }

    @Override
    public void remove(ArtifactRef ref, Fence fence) throws IOException {
        parts.sets().remove(key(ref), fence);
    }

    private static FileSets.Key key(ArtifactRef ref) throws CorruptArtifactException {
        if (!ref.uri().equals(SCHEME + ref.sha256()) || !ref.sha256().matches("[0-9a-f]{64}")) {
            throw new CorruptArtifactException(ref.uri() + ": is not an address in this store");
        }
        return FileSets.Key.artifact(ref.sha256());
    }

    @Override
    public Optional<String> record(String name) throws IOException {
        return parts.stored().get(StoreNames.record(name));
    }

    @Override
    public List<String> records(String prefix) throws IOException {
        return parts.storage().list(StoreNames.records(prefix)).stream()
                .flatMap(text -> StoreNames.recordName(text).stream())
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    @Override
    public void putRecord(String name, String text, Fence fence) throws IOException {
        parts.stored().put(StoreNames.record(name), text, fence);
    }

    @Override
    public boolean replaceRecord(String name, Optional<String> expected, String text, Fence fence) throws IOException {
        return parts.stored().putIf(StoreNames.record(name), expected, text, fence);
    }

    @Override
    public boolean renew(String record) throws IOException {
        return parts.storage().renew(StoreNames.record(record));
    }

    @Override
    public void renew(ArtifactRef ref) throws IOException {
        parts.sets().renew(key(ref));
    }

    @Override
    public <R> R exclusively(String name, Storage.Work<R> work) throws IOException {
        return NameLocks.in(parts.locks()).locked("exclusive " + name, work);
    }

    @Override
    public Contents contents() {
        return new StoredContents();
    }

    private final class StoredContents implements Contents {
        /** A file of references, such as that of a guard. */
        private static final int MAX_TEXT = 1 << 20;

        @Override
        public Reencrypted reencrypt(Fence fence, LongConsumer progress) throws IOException {
            int texts = 0;
            int files = 0;
            long bytes = 0;
            int locked = 0;
            for (String name : parts.storage().list(StoreNames.RECORDS)) {
                try {
                    texts += reencrypted(name, fence) ? 1 : 0;
                } catch (MissingKeyException withoutKey) {
                    locked++;
                } catch (CorruptArtifactException damaged) {
                    // A scrub names it.
                }
            }
            List<FileSets.Key> keys = new ArrayList<>(parts.sets().artifacts());
            for (String scope : new TreeSet<>(parts.sets().scopes(""))) {
                keys.addAll(parts.sets().checkpoints(scope));
            }
            for (FileSets.Key key : keys) {
                try {
                    Manifest manifest = parts.stored().manifest(key).manifest();
                    for (long size : parts.sets().reencrypt(key, manifest, fence)) {
                        files++;
                        bytes += size;
                    }
                    texts += parts.sets().exclusively(key, () -> reencryptedManifest(key.manifest())) ? 1 : 0;
                } catch (MissingKeyException withoutKey) {
                    locked++;
                } catch (CorruptArtifactException | NoSuchFileException damagedOrRemoved) {
                    // A scrub names what is damaged.
                }
                progress.accept(bytes);
            }
            return new Reencrypted(texts, files, bytes, locked);
        }

        /** A manifest belongs to no attempt, and never changes otherwise. */
        private boolean reencryptedManifest(String name) throws IOException {
            Optional<String> raw = parts.storage().get(name);
            return raw.isPresent()
                    && parts.stored().isOutdated(raw.get())
                    && parts.storage().putIf(name, raw, parts.stored().reencrypted(name, raw.get()));
        }

        private boolean reencrypted(String name, Fence fence) throws IOException {
            Optional<String> raw = parts.storage().get(name);
            if (raw.isEmpty() || !parts.stored().isOutdated(raw.get())) {
                return false;
            }
            Optional<String> plain = parts.stored().get(name);
            // Another writer's text is encrypted with the current key already.
            return plain.isPresent() && parts.stored().putIf(name, plain, plain.get(), fence);
        }

        @Override
        public List<Storage.Used> artifacts() throws IOException {
            return parts.sets().usedArtifacts();
        }

        @Override
        public List<Storage.Used> checkpoints() throws IOException {
            return parts.sets().usedCheckpoints();
        }

        @Override
        public List<Storage.Used> records() throws IOException {
            return parts.storage().entries(StoreNames.RECORDS).stream()
                    .flatMap(
                            entry -> StoreNames.recordName(entry.name())
                                    .map(name -> new Storage.Used(name, entry.bytes(), entry.used()))
                                    .stream())
                    .toList();
        }

        @Override
        public List<Storage.Used> damaged() throws IOException {
            return parts.sets().usedDamaged();
        }

        @Override
        public Optional<String> text(String artifact, String file) throws IOException {
            FileSets.Key key = FileSets.Key.artifact(artifact);
            for (Manifest.Entry entry : parts.stored().manifest(key).manifest().files()) {
                if (entry.path().equals(file) && entry.sizeBytes() <= MAX_TEXT) {
                    return Optional.of(parts.sets().text(key, entry));
                }
            }
            return Optional.empty();
        }

        @Override
        public long verify(String artifact) throws IOException {
            FileSets.Key key = FileSets.Key.artifact(artifact);
            Manifest manifest = parts.stored().manifest(key).manifest();
            parts.sets().verifyBytes(key, manifest);
            return manifest.sizeBytes();
        }

        @Override
        public VerifiedCheckpoints verifyCheckpoints(String scope) throws IOException {
            List<String> damaged = new ArrayList<>();
            int locked = 0;
            for (FileSets.Key key : parts.sets().checkpoints(scope)) {
                try {
                    parts.sets().verifyBytes(key, parts.stored().manifest(key).manifest());
                } catch (MissingKeyException withoutKey) {
                    locked++;
                } catch (CorruptArtifactException | NoSuchFileException broken) {
                    // A removal begins with the manifest.
                    if (parts.storage().get(key.manifest()).isPresent()) {
                        damaged.add(String.valueOf(broken.getMessage()));
                    }
                }
            }
            return new VerifiedCheckpoints(damaged, locked);
        }

        @Override
        public boolean removeArtifact(String digest, Instant since, Fence fence) throws IOException {
            return parts.sets().removeIf(FileSets.Key.artifact(digest), since, fence);
        }

        @Override
        public boolean removeCheckpoints(String scope, Instant since, Fence fence) throws IOException {
            return parts.sets().clearIf(scope, since, fence);
        }

        @Override
        public boolean removeRecord(String name, Instant since, Fence fence) throws IOException {
            return parts.storage().removeIf(StoreNames.record(name), since, fence);
        }

        @Override
        public void removeDamaged(String name, Fence fence) throws IOException {
            parts.sets().removeDamaged(name, fence);
        }
    }

    @Override
    public Path scratch(Fence fence) throws IOException {
        return parts.plain().folder(fence);
    }

    @Override
    public void release(Fence fence) throws IOException {
        for (Scratch scratch : scratches) {
            scratch.release(fence);
        }
        parts.storage().fences().release(fence);
    }

    @Override
    public Leftovers leftovers() throws IOException {
        Set<Path> left = new TreeSet<>();
        for (Scratch scratch : scratches) {
            left.addAll(scratch.left());
        }
        return new Leftovers(parts.storage().fences().left(), List.copyOf(left));
    }

    @Override
    public Leftovers removeLeftovers() throws IOException {
        Leftovers left = leftovers();
        for (Path folder : left.scratch()) {
            parts.disk().remove(folder);
        }
        for (String scope : left.fences()) {
            parts.storage().fences().removeLeft(scope);
        }
        for (Path file : Fences.lockFiles(parts.locks())) {
            parts.disk().remove(file);
        }
        return left;
    }

    @Override
    public Checked check(long bytes, boolean aside) throws IOException {
        List<FileSets.Key> artifacts = parts.sets().artifacts();
        List<String> damaged = new ArrayList<>();
        long left = bytes;
        int checked = 0;
        int locked = 0;
        for (FileSets.Key artifact : artifacts) {
            if (left <= 0) {
                break;
            }
            checked++;
            try {
                Manifest manifest = parts.stored().manifest(artifact).manifest();
                parts.sets().verify(artifact, manifest);
                left -= Math.max(1, manifest.sizeBytes());
            } catch (MissingKeyException withoutKey) {
                locked++;
            } catch (CorruptArtifactException broken) {
                damaged.add(String.valueOf(broken.getMessage()));
                if (aside) {
                    parts.sets().setAside(artifact);
                }
            }
        }
        return new Checked(checked, artifacts.size(), locked, damaged);
    }

    @Override
    public AtRestCount atRest(int max) throws IOException {
        return parts.stored().count(max);
    }
}
